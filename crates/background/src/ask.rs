//! Questions of tasks to the rest of the process: a bounded queue, a thread that answers, one answer each.

use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use tokio::sync::oneshot;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// As many questions wait as may wait.
    Busy,
    /// Whoever answers has ended.
    Gone,
}

/// A question on its way, with the place for its answer.
type Asked<Q, A> = (Q, oneshot::Sender<A>);

/// The tasks' end of the queue.
pub struct Asker<Q, A> {
    queue: SyncSender<Asked<Q, A>>,
}

impl<Q, A> Asker<Q, A> {
    /// Asks without waiting for room; waits for the answer.
    pub async fn ask(&self, question: Q) -> Result<A, Unanswered> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send((question, reply)).map_err(|error| match error {
            TrySendError::Full(_) => Unanswered::Busy,
            TrySendError::Disconnected(_) => Unanswered::Gone,
        })?;
        answer.await.map_err(|_| Unanswered::Gone)
    }
}

/// A thread that answers one question after the other until every asker is gone; `waiting_max` questions may wait.
pub fn answer_on_thread<Q: Send + 'static, A: Send + 'static>(
    thread: &str,
    waiting_max: usize,
    mut answer: impl FnMut(Q) -> A + Send + 'static,
) -> std::io::Result<Asker<Q, A>> {
    let (queue, asked) = sync_channel::<Asked<Q, A>>(waiting_max);
    std::thread::Builder::new().name(thread.to_owned()).spawn(move || {
        for (question, reply) in asked {
            // Who asked may have gone meanwhile; then nobody needs the answer.
            if !reply.is_closed() {
                let _gone_meanwhile = reply.send(answer(question));
            }
        }
    })?;
    Ok(Asker { queue })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::task::{Context, Waker};

    #[test]
    fn questions_beyond_the_maximum_are_refused_at_once() {
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel();
        let asker = answer_on_thread("answers", 1, move |question: u32| {
            begun.send(()).unwrap();
            may_go_on.recv().unwrap();
            question + 1
        })
        .unwrap();
        let mut context = Context::from_waker(Waker::noop());
        let mut first = Box::pin(asker.ask(1));
        assert!(first.as_mut().poll(&mut context).is_pending());
        has_begun.recv().unwrap();
        let mut second = Box::pin(asker.ask(2));
        assert!(second.as_mut().poll(&mut context).is_pending());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(asker.ask(3)), Err(Unanswered::Busy));
        go_on.send(()).unwrap();
        go_on.send(()).unwrap();
        assert_eq!((runtime.block_on(first), runtime.block_on(second)), (Ok(2), Ok(3)));
    }
}
