//! Makes the released program one static file on Linux with glibc: it then runs on any distribution and in an empty
//! container.
//!
//! `-C target-feature=+crt-static` would do it, but without a second target folder Cargo applies it to procedural macros
//! too, which must be shared libraries. So the linker is told here, for this program alone: the libraries that rustc
//! names come as archives from a folder that is searched first. Where the system has no `libc.a` the program is linked
//! as usual.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    let native = std::env::var("HOST") == std::env::var("TARGET");
    if native && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && is("PROFILE", "release") {
        let _linked_as_usual_without = link_statically();
    }
}

/// `None` where an archive is missing.
fn link_statically() -> Option<()> {
    let folder = PathBuf::from(std::env::var_os("OUT_DIR")?);
    let c = ["libc.a", "libgcc_eh.a", "libgcc.a"].map(archive);
    let [libc, unwinder, builtins] = &c;
    let group = format!("GROUP ( {} {} {} )\n", libc.as_ref()?, unwinder.as_ref()?, builtins.as_ref()?);
    for name in ["c", "gcc_s"] {
        script(&folder, name, &group)?;
    }
    for name in ["m", "util", "rt", "pthread", "dl"] {
        script(&folder, name, &format!("INPUT ( {} )\n", archive(&format!("lib{name}.a"))?))?;
    }
    println!("cargo:rustc-link-arg-bins=-L{}", folder.display());
    println!("cargo:rustc-link-arg-bins=-static-pie");
    Some(())
}

/// Where the C compiler finds an archive.
fn archive(name: &str) -> Option<String> {
    let output = Command::new("cc").arg(format!("-print-file-name={name}")).output().ok()?;
    let path = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    Path::new(&path).is_absolute().then_some(path)
}

/// A linker script under the name of a library.
fn script(folder: &Path, name: &str, content: &str) -> Option<()> {
    std::fs::write(folder.join(format!("lib{name}.a")), content).ok()
}
