//! Fetches and builds what a suite needs, into `target/interop`, and says how it is run. What is there already is not
//! fetched again: each workshop remembers the manifest that it was made from.

use super::Suite;
use crate::error::{During, TaskError};
use crate::place;
use crate::process::{must_run, run};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const FETCH_LIMIT: Duration = Duration::from_secs(600);
const MAVEN: [&str; 3] = ["-q", "-B", "-Dstyle.color=never"];

/// A bash script named `run`.
pub fn script(suite: &Suite, _log: &Path) -> Result<Command, TaskError> {
    let mut command = Command::new("bash");
    command.arg(place::sources(suite.folder).join("run"));
    Ok(command)
}

/// A Python program named as the suite, in a virtual environment with the pinned requirements.
pub fn python(suite: &Suite, log: &Path) -> Result<Command, TaskError> {
    python_program(suite.folder, &format!("suite_{}.py", suite.name.replace('-', "_")), log)
}

/// A Python program of a folder of suites, in the folder's virtual environment.
pub fn python_program(folder: &str, file: &str, log: &Path) -> Result<Command, TaskError> {
    let workshop = place::workshop(folder)?;
    let sources = place::sources(folder);
    let venv = workshop.join("venv");
    let requirements = sources.join("requirements.txt");
    once(&workshop, &[&requirements], || {
        let _from_another_manifest = std::fs::remove_dir_all(&venv);
        must_run(Command::new("python3").args(["-m", "venv"]).arg(&venv), log, FETCH_LIMIT)?;
        let mut pip = Command::new(venv.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&requirements);
        patiently(&mut pip, log)
    })?;
    let mut command = Command::new(venv.join("bin/python"));
    command.arg("-u").arg(sources.join(file));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

/// A Go program, built from the module in the suite's folder.
pub fn go(suite: &Suite, log: &Path) -> Result<Command, TaskError> {
    let program = place::workshop(suite.folder)?.join(suite.name);
    let mut build = Command::new("go");
    build.args(["build", "-mod=readonly", "-o"]).arg(&program).arg(".").current_dir(place::sources(suite.folder));
    patiently(&mut build, log)?;
    Ok(Command::new(program))
}

/// A Node program `suite.js`, beside its packages in the workshop.
pub fn node(suite: &Suite, log: &Path) -> Result<Command, TaskError> {
    let workshop = place::workshop(suite.folder)?;
    let sources = place::sources(suite.folder);
    let manifest = sources.join("package.json");
    for name in ["package.json", "suite.js"] {
        std::fs::copy(sources.join(name), workshop.join(name)).during(format!("copy {name}"))?;
    }
    once(&workshop, &[&manifest], || {
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]).current_dir(&workshop);
        patiently(&mut npm, log)
    })?;
    let mut command = Command::new("node");
    command.arg(workshop.join("suite.js")).current_dir(&workshop);
    Ok(command)
}

/// A Java program: class `suite.Main` of a Maven project, on its dependencies.
pub fn java(suite: &Suite, log: &Path) -> Result<Command, TaskError> {
    let workshop = place::workshop(suite.folder)?;
    let sources = place::sources(suite.folder);
    let pom = sources.join("pom.xml");
    let main = sources.join("src/main/java/suite/Main.java");
    once(&workshop, &[&pom, &main], || maven(&pom, &workshop, &["package", "dependency:copy-dependencies"], log))?;
    let mut command = Command::new("java");
    let path = format!("{}:{}", workshop.join("classes").display(), workshop.join("libs").join("*").display());
    command.args(["-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", &path, "suite.Main"]);
    Ok(command)
}

/// A bash script that finds Apache Kafka's jars in `$KAFKA_LIBS`.
pub fn apache_tools(suite: &Suite, log: &Path) -> Result<Command, TaskError> {
    let workshop = place::workshop("apache-tools")?;
    let sources = place::sources("apache-tools");
    let pom = sources.join("pom.xml");
    once(&workshop, &[&pom], || maven(&pom, &workshop, &["dependency:copy-dependencies"], log))?;
    let mut command = script(suite, log)?;
    command.env("KAFKA_LIBS", workshop.join("libs")).env("KAFKA_TOOL", sources.join("tool"));
    Ok(command)
}

fn maven(pom: &Path, workshop: &Path, goals: &[&str], log: &Path) -> Result<(), TaskError> {
    let libs = workshop.join("libs");
    let _from_another_manifest = std::fs::remove_dir_all(&libs);
    let mut command = Command::new("mvn");
    command.args(MAVEN).arg("-f").arg(pom).args(goals);
    command.arg(format!("-Dworkshop={}", workshop.display()));
    command.arg(format!("-DoutputDirectory={}", libs.display())).arg("-DincludeScope=runtime");
    patiently(&mut command, log)
}

/// Runs something that fetches: a registry that stumbles is asked again, twice.
fn patiently(command: &mut Command, log: &Path) -> Result<(), TaskError> {
    for _ in 0..2 {
        if run(command, log, FETCH_LIMIT, |_| {})? == crate::process::Ended::Well {
            return Ok(());
        }
        std::thread::sleep(Duration::from_secs(3));
    }
    must_run(command, log, FETCH_LIMIT)
}

/// Does `work` unless the workshop was made from just these manifests.
fn once(
    workshop: &Path,
    manifests: &[&PathBuf],
    work: impl FnOnce() -> Result<(), TaskError>,
) -> Result<(), TaskError> {
    let mut want = Vec::new();
    for manifest in manifests {
        want.extend(std::fs::read(manifest).during(format!("read {}", manifest.display()))?);
    }
    let stamp = workshop.join("made-from");
    if std::fs::read(&stamp).is_ok_and(|made_from| made_from == want) {
        return Ok(());
    }
    work()?;
    std::fs::write(&stamp, want).during(format!("write {}", stamp.display()))
}
