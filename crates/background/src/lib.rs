//! The process's one background runtime (docs/adr/0003). Crates that need an async runtime - HTTP now; outgoing HTTP, object
//! stores, the Kubernetes client later - run their tasks on it. It has one thread, and nothing of the data path waits for
//! it: tasks ask the rest of the process through [`Asker`], a bounded queue, and are refused where that is full.
//!
//! ```text
//!   tasks on `ottla-background` --Asker::ask--> queue (bounded) --> a thread that answers
//!                               <-------------- one answer each
//! ```

mod ask;
mod runtime;

pub use ask::{Asker, Unanswered, answer_on_thread};
pub use runtime::Runtime;
