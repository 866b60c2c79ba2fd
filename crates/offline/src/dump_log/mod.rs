//! `kafka-dump-log`: what is in the files of a partition, in Kafka's words and order: segments, snapshots of the metadata
//! log, indexes, producer snapshots.

mod decoders;
mod indexes;
mod log_file;
mod options;
mod state_files;

pub(crate) use decoders::metadata_json;
pub(crate) use log_file::for_each_batch;
pub(crate) use options::flags;

use options::{Options, Stop};
use std::io::Write;
use std::path::Path;

/// Why the tool ends with exit code 1: the sentence for standard error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(pub String);

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure(error.to_string())
    }
}

impl Failure {
    /// A file that cannot be read; for a missing one Java's message is its name.
    pub fn file(path: &str, error: &std::io::Error) -> Failure {
        match error.kind() {
            std::io::ErrorKind::NotFound => Failure(path.to_owned()),
            _ => Failure(format!("{path}: {error}")),
        }
    }
}

pub(crate) fn run(args: &[String], out: &mut dyn Write, err: &mut dyn Write) -> i32 {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, out);
    let outcome = dump(args, &mut out, err);
    let flushed = out.flush();
    match outcome {
        Ok(code) if flushed.is_ok() => code,
        Ok(_) => 1,
        Err(failure) => {
            let _exit_code_says_it_too = writeln!(err, "{failure}");
            1
        }
    }
}

fn dump(args: &[String], out: &mut dyn Write, err: &mut dyn Write) -> Result<i32, Failure> {
    let options = match options::parse(args) {
        Ok(options) => options,
        Err(Stop::Version) => {
            writeln!(out, "{}", crate::KAFKA_VERSION)?;
            return Ok(0);
        }
        Err(Stop::Usage(message)) => {
            writeln!(err, "{message}\n{}", options::usage())?;
            return Ok(1);
        }
        Err(Stop::Wrong(message)) => return Err(Failure(message)),
    };
    let mut mismatches = indexes::Findings::default();
    for file in &options.files {
        writeln!(out, "Dumping {file}")?;
        dump_file(file, &options, &mut mismatches, out, err)?;
    }
    mismatches.write(err)?;
    Ok(0)
}

fn dump_file(
    file: &str,
    options: &Options,
    findings: &mut indexes::Findings,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), Failure> {
    let name = Path::new(file).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let suffix = name.rfind('.').and_then(|dot| name.get(dot..)).unwrap_or_default();
    match suffix {
        ".log" | ".checkpoint" => log_file::dump(file, name, options, findings, out),
        ".index" => indexes::dump_offsets(file, name, options, findings, out),
        ".timeindex" => indexes::dump_times(file, name, options, findings, out),
        ".snapshot" => state_files::dump_producers(file, out, err),
        ".txnindex" => state_files::dump_aborted(file, out),
        _ => Ok(writeln!(err, "Ignoring unknown file {file}")?),
    }
}
