//! Log lines: for people on a terminal, JSON on request; their levels can be changed while the process runs. Whatever
//! becomes of a line, it stops nobody ([`crate::log_sink`]).

use crate::log_sink::{FLUSH_WAIT, Sink, Stream, Targets};
use config::{ApplyLevels, Loggers};
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::{Arc, OnceLock};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::reload::Handle;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// The process's sink; a process has one log.
static SINK: OnceLock<Arc<Sink>> = OnceLock::new();

/// Sets the process's log up, on standard output. `OTTLA_LOG` filters (`info`, `debug`, `broker=debug,info`) until the
/// levels of the loggers are changed.
pub fn init_logging(format: LogFormat) -> Arc<Loggers> {
    let (directives, filter, mistake) = wanted_levels();
    let Some(out) = Lines::start(format) else { return Arc::new(Loggers::new(&directives, Box::new(|_| {}))) };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(out);
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
    if let Some(mistake) = mistake {
        tracing::warn!("OTTLA_LOG is not used: {mistake}");
    }
    Arc::new(Loggers::new(&directives, apply))
}

/// The levels that `OTTLA_LOG` asks for, or those of `info` and what is wrong with it.
fn wanted_levels() -> (String, EnvFilter, Option<String>) {
    let wanted = std::env::var_os("OTTLA_LOG").filter(|directives| !directives.is_empty());
    let read = |directives: std::ffi::OsString| match directives.into_string() {
        Ok(text) => EnvFilter::try_new(&text).map(|filter| (text, filter)).map_err(|error| error.to_string()),
        Err(bytes) => Err(format!("it is not UTF-8: {bytes:?}")),
    };
    let info = |mistake| ("info".to_owned(), EnvFilter::new("info"), mistake);
    match wanted.map(read) {
        None => info(None),
        Some(Ok((directives, filter))) => (directives, filter, None),
        Some(Err(mistake)) => info(Some(mistake)),
    }
}

fn apply_by<S: 'static>(handle: Handle<EnvFilter, S>) -> ApplyLevels {
    Box::new(move |directives| {
        let result = EnvFilter::try_new(directives).map_err(|error| error.to_string());
        if let Err(error) = result.and_then(|filter| handle.reload(filter).map_err(|error| error.to_string())) {
            tracing::error!(directives, error, "levels of loggers could not be changed");
        }
    })
}

/// Says something to whoever started the process, in order with the log; it may be lost, as a log line may.
pub(crate) fn say(stream: Stream, text: &str) {
    match (SINK.get(), stream) {
        (Some(sink), stream) => sink.write(stream, text.as_bytes()),
        (None, Stream::Out) => drop(std::io::stdout().write_all(text.as_bytes())),
        (None, Stream::Err) => drop(std::io::stderr().write_all(text.as_bytes())),
    }
}

/// Gives the last lines the time to be written, before the process ends.
pub(crate) fn flush() {
    if let Some(sink) = SINK.get() {
        sink.flush(FLUSH_WAIT);
    }
}

/// Log lines that could not be written.
pub(crate) fn lost_lines() -> u64 {
    SINK.get().map_or(0, |sink| sink.lost())
}

/// Hands whole lines to the sink.
#[derive(Clone)]
struct Lines(Arc<Sink>);

impl Lines {
    /// The process's sink, started if it is not there yet; `None` where no thread can be had.
    fn start(format: LogFormat) -> Option<Lines> {
        if let Some(sink) = SINK.get() {
            return Some(Lines(sink.clone()));
        }
        let notice = match format {
            LogFormat::Text => text_notice,
            LogFormat::Json => json_notice,
        };
        // Copies of the descriptors, so that no buffer of the standard library keeps what could not be written.
        let out: Box<dyn Write + Send> = match std::io::stdout().as_fd().try_clone_to_owned() {
            Ok(descriptor) => Box::new(File::from(descriptor)),
            Err(_) => Box::new(std::io::stdout()),
        };
        let sink = Sink::start(Targets { out, err: Box::new(std::io::stderr()), notice }).ok()?;
        Some(Lines(SINK.get_or_init(|| sink).clone()))
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(Stream::Out, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;

    fn make_writer(&'a self) -> Lines {
        self.clone()
    }
}

fn now() -> String {
    let mut text = String::new();
    let _cannot_fail = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

fn text_notice(lines: u64, reason: &str) -> String {
    format!("{} ERROR {lines} log lines could not be written: {reason}\n", now())
}

fn json_notice(lines: u64, reason: &str) -> String {
    let time = now();
    format!(
        "{{\"timestamp\":\"{time}\",\"level\":\"ERROR\",\"fields\":{{\"message\":\"log lines could not be written\",\"lines\":{lines},\"reason\":{reason:?}}}}}\n"
    )
}
