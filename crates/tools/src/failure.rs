//! How a tool ends early: an exit code, what goes to standard error, and whether the usage follows.

use crate::io::Io;
use client::ClientError;

/// The end of a tool that did not do what was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub code: i32,
    /// For standard error; nothing when empty.
    pub message: String,
    pub with_usage: bool,
    /// The client's error behind it.
    pub cause: Option<ClientError>,
}

pub type Outcome = Result<(), Failure>;

impl Failure {
    /// A plain message and exit code 1.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure { code: 1, message: message.into(), with_usage: false, cause: None }
    }

    /// A message followed by the usage.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { with_usage: true, ..Failure::new(message) }
    }

    /// Only an exit code: everything was said already.
    pub fn silent(code: i32) -> Failure {
        Failure { code, ..Failure::new("") }
    }
}

/// How most tools end.
pub(crate) trait ExitCode {
    /// Tells a failure on standard error; 0, or 1 after a failure.
    fn exit_code(self, io: &mut Io) -> i32;
}

impl ExitCode for Outcome {
    fn exit_code(self, io: &mut Io) -> i32 {
        let Err(failure) = self else { return 0 };
        if !failure.message.is_empty() {
            io.complain(failure.message);
        }
        1
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Failure {
        Failure { cause: Some(error.clone()), ..Failure::new(error.to_string()) }
    }
}

/// An error as Java prints it: class and message. Tools' outputs contain such lines.
pub(crate) fn java(error: &ClientError) -> String {
    match error {
        ClientError::Config(message) => format!("org.apache.kafka.common.config.ConfigException: {message}"),
        ClientError::State(message) => format!("java.lang.IllegalStateException: {message}"),
        error => format!("{}: {error}", error.code().java_exception()),
    }
}
