//! Config providers (KIP-297, KIP-421): `${name:path:key}` and `${name:key}` in the values of a properties file stand for
//! what a provider named in `config.providers` finds outside of it.
//!
//! Kafka's own three are known: FileConfigProvider (a key of a properties file), EnvVarConfigProvider (a variable),
//! DirectoryConfigProvider (a file's content). This is for local files alone: values that come over the network are never
//! looked at here.

use crate::load::{Problem, Rejected};
use crate::properties::Properties;
use crate::settings::{Setting, Settings};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// What providers look at; the caller does the reading.
pub trait Outside {
    /// The whole file, or why it cannot be read.
    fn file(&self, path: &Path) -> Result<Vec<u8>, String>;
    /// A variable of the environment, or what is wrong with it.
    fn variable(&self, name: &str) -> Result<Option<String>, String>;
}

#[derive(Clone, Copy)]
enum Kind {
    File,
    Variable,
    Directory,
}

struct Provider {
    kind: Kind,
    /// `allowed.paths`; empty means all.
    allowed: Vec<PathBuf>,
}

/// Replaces the variables in all values by what the providers find. A variable of a provider that is not configured
/// stays as it is, as in Kafka; one that its provider has no value for is a problem.
pub fn fill_in(settings: Settings, outside: &dyn Outside) -> Result<Settings, Rejected> {
    let mut problems = Vec::new();
    let providers = providers(&settings, &mut problems);
    let mut filled = settings;
    if !providers.is_empty() {
        for setting in filled.entries.iter_mut().filter(|setting| !setting.key.starts_with("config.providers")) {
            match replace(&setting.value, &providers, outside) {
                Ok(value) => setting.value = value,
                Err(reason) => problems.push(problem(setting, reason)),
            }
        }
    }
    if problems.is_empty() { Ok(filled) } else { Err(Rejected { problems, ..Rejected::default() }) }
}

fn problem(setting: &Setting, message: String) -> Problem {
    Problem {
        key: setting.key.clone(),
        message: format!("{}: {message}", setting.key),
        allowed: String::new(),
        // The text around a variable may be part of a secret.
        given: Some(format!("{}=...", setting.key)),
        origin: setting.origin.clone(),
    }
}

fn providers(settings: &Settings, problems: &mut Vec<Problem>) -> BTreeMap<String, Provider> {
    let names = settings.get("config.providers").map_or("", |setting| setting.value.as_str());
    let mut providers = BTreeMap::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let prefix = format!("config.providers.{name}.");
        // A name without a class is no provider, as in Kafka.
        let Some(class) = settings.get(&format!("{prefix}class")) else { continue };
        let kind = match class.value.trim() {
            "org.apache.kafka.common.config.provider.FileConfigProvider" => Kind::File,
            "org.apache.kafka.common.config.provider.EnvVarConfigProvider" => Kind::Variable,
            "org.apache.kafka.common.config.provider.DirectoryConfigProvider" => Kind::Directory,
            other => {
                problems.push(problem(class, format!("Ottla has no config provider of this class: {other}")));
                continue;
            }
        };
        let mut provider = Provider { kind, allowed: Vec::new() };
        for (key, setting) in settings.effective() {
            let Some(parameter) = key.strip_prefix(&prefix).and_then(|rest| rest.strip_prefix("param.")) else {
                continue;
            };
            match (parameter, kind) {
                ("allowed.paths", Kind::File | Kind::Directory) => {
                    let paths = setting.value.split(',').map(str::trim).filter(|path| !path.is_empty());
                    provider.allowed = paths.map(|path| normalized(Path::new(path))).collect();
                }
                // It narrows what may be read, and ignoring it would widen that.
                ("allowlist.pattern", Kind::Variable) => {
                    problems.push(problem(setting, "Ottla does not enforce this yet: it does not start".into()));
                }
                _ => {}
            }
        }
        providers.insert(name.to_owned(), provider);
    }
    providers
}

/// `${provider:path:key}` or `${provider:key}`, as it stands between the braces.
fn parts(inner: &str) -> Option<(&str, &str, &str)> {
    let (provider, rest) = inner.split_once(':')?;
    let (path, key) = rest.split_once(':').unwrap_or(("", rest));
    Some((provider, path, key))
}

/// What is found is put in as it is: variables in it are not looked at.
fn replace(value: &str, providers: &BTreeMap<String, Provider>, outside: &dyn Outside) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = value;
    while let Some(at) = rest.find("${") {
        let (before, variable) = rest.split_at(at);
        out.push_str(before);
        let found = variable.find('}').and_then(|end| {
            let (provider, path, key) = parts(&variable[2..end])?;
            Some((providers.get(provider), path, key, end + 1))
        });
        let taken = match found {
            Some((Some(provider), path, key, length)) => {
                let name = &variable[..length];
                out.push_str(&provider.get(path, key, outside).map_err(|reason| format!("{name} {reason}"))?);
                length
            }
            Some((None, _, _, length)) => {
                out.push_str(&variable[..length]);
                length
            }
            None => {
                out.push_str("${");
                2
            }
        };
        rest = &variable[taken..];
    }
    out.push_str(rest);
    Ok(out)
}

impl Provider {
    fn get(&self, path: &str, key: &str, outside: &dyn Outside) -> Result<String, String> {
        match self.kind {
            Kind::Variable if !path.is_empty() => Err("has a path, and variables have none".into()),
            Kind::Variable => outside.variable(key)?.ok_or_else(|| "is not set in the environment".into()),
            Kind::File | Kind::Directory if path.is_empty() => Err("has no path".into()),
            Kind::File => {
                let bytes = outside.file(self.allowed(Path::new(path))?)?;
                let properties = Properties::parse_str(&String::from_utf8_lossy(&bytes))
                    .map_err(|error| format!("cannot be read from {path}: {error}"))?;
                properties.get(key).map(str::to_owned).ok_or_else(|| "is not a key of that file".into())
            }
            Kind::Directory => {
                let file = Path::new(path).join(key);
                if !matches!(Path::new(key).components().collect::<Vec<_>>()[..], [Component::Normal(_)]) {
                    return Err("does not name a file in that folder".into());
                }
                let bytes = outside.file(self.allowed(&file)?)?;
                String::from_utf8(bytes).map_err(|_| "is not UTF-8".into())
            }
        }
    }

    fn allowed<'p>(&self, path: &'p Path) -> Result<&'p Path, String> {
        let whole = normalized(path);
        let is_allowed = self.allowed.is_empty() || self.allowed.iter().any(|allowed| whole.starts_with(allowed));
        if is_allowed { Ok(path) } else { Err("is outside of allowed.paths".into()) }
    }
}

/// The path with `.` and `..` worked out by name.
fn normalized(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            other => whole.push(other),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Origin;

    struct Machine;

    impl Outside for Machine {
        fn file(&self, path: &Path) -> Result<Vec<u8>, String> {
            match path.to_str() {
                Some("/etc/s.properties") => Ok(b"password=hush:1\nself=${env:HOME}\n".to_vec()),
                Some("/run/secrets/pin") => Ok(b"1234".to_vec()),
                _ => Err("there is no such file".into()),
            }
        }

        fn variable(&self, name: &str) -> Result<Option<String>, String> {
            Ok((name == "HOME").then(|| "/root".to_owned()))
        }
    }

    const PROVIDERS: &str = "config.providers=file,env,dir,none\n\
        config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider\n\
        config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider\n\
        config.providers.dir.class=org.apache.kafka.common.config.provider.DirectoryConfigProvider\n\
        config.providers.dir.param.allowed.paths=/run/secrets,/var\n";

    fn filled(file: &str, value: &str) -> Result<String, String> {
        let mut settings = Settings::default().file("f", &Properties::parse_str(file).unwrap());
        settings.push("x", value, Origin::Override);
        let filled = fill_in(settings, &Machine).map_err(|rejected| rejected.to_string())?;
        Ok(filled.get("x").unwrap().value.clone())
    }

    #[test]
    fn variables_are_replaced_as_kafka_does_it() {
        for (value, expected) in [
            ("plain", "plain"),
            ("${env:HOME}", "/root"),
            ("a${env:HOME}b${env:HOME}", "a/rootb/root"),
            ("${file:/etc/s.properties:password}", "hush:1"),
            ("${file:/etc/s.properties:self}", "${env:HOME}"),
            ("${dir:/run/secrets:pin}", "1234"),
            ("${none:a}", "${none:a}"),
            ("${other:a:b}", "${other:a:b}"),
            ("${env}", "${env}"),
            ("${env:HOME", "${env:HOME"),
            ("${${env:HOME}", "${${env:HOME}"),
        ] {
            assert_eq!(filled(PROVIDERS, value).as_deref(), Ok(expected), "{value}");
            assert_eq!(filled("", value).as_deref(), Ok(value), "without providers");
        }
    }

    #[test]
    fn what_is_not_there_is_told_and_no_secret_is() {
        for (value, expected) in [
            ("hush${env:NO}", "x: ${env:NO} is not set in the environment (x=..., --override)"),
            ("${env:a:HOME}", "has a path"),
            ("${file:password}", "has no path"),
            ("${file:/etc/s.properties:no}", "is not a key of that file"),
            ("${file:/no:no}", "there is no such file"),
            ("${dir:/run/secrets:../secrets/pin}", "does not name a file"),
            ("${dir:/run/secrets/../x:pin}", "outside of allowed.paths"),
        ] {
            let error = filled(PROVIDERS, value).unwrap_err();
            assert!(error.contains(expected) && !error.contains("hush"), "{value}: {error}");
        }
    }

    #[test]
    fn providers_that_are_not_known_or_would_be_narrower_stop_the_start() {
        let other = "config.providers=v\nconfig.providers.v.class=com.acme.Vault\n";
        assert!(filled(other, "1").unwrap_err().contains("com.acme.Vault"));
        let narrow = format!("{PROVIDERS}config.providers.env.param.allowlist.pattern=X.*\n");
        assert!(filled(&narrow, "1").unwrap_err().contains("allowlist.pattern"));
    }
}
