//! Log lines: for people on a terminal, JSON on request; their levels can be changed while the process runs.

use config::{ApplyLevels, Loggers};
use std::io::IsTerminal;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::reload::Handle;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// Sets the process's log up, on standard output. `OTTLA_LOG` filters (`info`, `debug`, `broker=debug,info`) until the
/// levels of the loggers are changed.
pub fn init_logging(format: LogFormat) -> Arc<Loggers> {
    let wanted = std::env::var("OTTLA_LOG").ok().filter(|directives| !directives.is_empty());
    let (directives, filter) = wanted
        .and_then(|directives| EnvFilter::try_new(&directives).ok().map(|filter| (directives, filter)))
        .unwrap_or_else(|| ("info".to_owned(), EnvFilter::new("info")));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    let (apply, result) = match format {
        LogFormat::Json => {
            let builder = builder.json().with_filter_reloading();
            (apply_by(builder.reload_handle()), builder.try_init())
        }
        LogFormat::Text => {
            let builder = builder.with_ansi(std::io::stdout().is_terminal()).with_filter_reloading();
            (apply_by(builder.reload_handle()), builder.try_init())
        }
    };
    // Somebody (a test) has set a log up before: that one stays.
    let _keeps_the_first = result;
    Arc::new(Loggers::new(&directives, apply))
}

fn apply_by<S: 'static>(handle: Handle<EnvFilter, S>) -> ApplyLevels {
    Box::new(move |directives| {
        let result = EnvFilter::try_new(directives).map_err(|error| error.to_string());
        if let Err(error) = result.and_then(|filter| handle.reload(filter).map_err(|error| error.to_string())) {
            tracing::error!(directives, error, "levels of loggers could not be changed");
        }
    })
}
