//! A node put together: configuration from a file, arguments or the environment; log directories; listeners; the metadata
//! quorum and the broker; and the order in which all that starts and stops.

mod addresses;
mod assemble;
mod environment;
mod error;
mod folders;
mod format;
mod guards;
mod http;
mod limits;
mod log_sink;
mod logging;
mod metrics;
mod node;
mod offline_folders;
mod options;
mod panics;
mod properties_file;
mod quorum_parts;
mod run;
mod signals;
mod start_limits;
mod systemd;
mod thread_report;

pub use assemble::{Assembled, BrokerRole, Event, NodeParts, OnEvent, Parts, assemble};
pub use error::ServerError;
pub use folders::{Folders, FormatAdvice};
pub use format::{FormatRequest, InitialVoters, format, format_at};
pub use logging::{LogFormat, init_logging};
pub use options::{Options, Source};
pub use panics::abort_on_panic;
pub use properties_file::ThisMachine;
pub use quorum_parts::open_quorum;
pub use run::{controller_endpoints, run, run_arguments};
pub use signals::ending_signal;
