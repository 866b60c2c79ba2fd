//! The way from committed metadata to those who live by it: off the owner's thread, so that a thousand deletions of folders
//! hold up neither elections nor heartbeats.
//!
//! There is one place for what is to be published. What is committed while a publication is under way is merged into it, so
//! it never grows beyond the cluster itself. Replies that rest on what is to be published leave behind it.

use crate::input::Reply;
use base::Now;
use metadata::{Delta, Image};
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;

/// Gets every new committed image, in order; some are left out where newer ones are there.
pub trait Publisher: Send {
    fn publish(&mut self, image: &Arc<Image>, delta: &Delta, now: Now);
}

/// A reply and the body that it takes.
pub(crate) type Answer = (Reply, Vec<u8>);

/// Committed images on their way to the publishers.
#[derive(Clone, Default)]
pub struct Publications {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    next: Option<(Arc<Image>, Delta)>,
    /// Leave after `next`, or after what is under way.
    answers: Vec<Answer>,
    is_publishing: bool,
    is_closed: bool,
}

impl Publications {
    /// Adds a new image and what changed since the last one.
    pub(crate) fn push(&self, image: Arc<Image>, delta: Delta) {
        {
            let mut state = self.shared.state.lock();
            state.next = Some(match state.next.take() {
                None => (image, delta),
                Some((_, mut before)) => {
                    before.merge(delta);
                    (image, before)
                }
            });
        }
        self.shared.arrived.notify_one();
    }

    /// Sends answers, once everything that was pushed before them is published.
    pub(crate) fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        let mut answers: Vec<Answer> = answers.into_iter().collect();
        {
            let mut state = self.shared.state.lock();
            let waits = state.next.is_some() || state.is_publishing;
            if waits && !base::mutant(base::Mutant::AnswerBeforePublished) {
                state.answers.append(&mut answers);
            }
        }
        send(answers);
    }

    /// Whether something is to be published.
    pub fn has_work(&self) -> bool {
        let state = self.shared.state.lock();
        state.next.is_some() || !state.answers.is_empty()
    }

    /// Publishes what is there, on the calling thread.
    pub fn run(&self, publishers: &mut [Box<dyn Publisher>], now: Now) {
        let (next, answers) = {
            let mut state = self.shared.state.lock();
            state.is_publishing = true;
            (state.next.take(), std::mem::take(&mut state.answers))
        };
        if let Some((image, delta)) = next {
            publishers.iter_mut().for_each(|publisher| publisher.publish(&image, &delta, now));
        }
        send(answers);
        // Answers that came meanwhile rest on what has just been published, unless there is more to publish.
        let late = {
            let mut state = self.shared.state.lock();
            state.is_publishing = false;
            match state.next {
                None => std::mem::take(&mut state.answers),
                Some(_) => Vec::new(),
            }
        };
        send(late);
    }

    /// Waits for something to publish; false once `close` was called and nothing is left.
    pub fn wait(&self) -> bool {
        let mut state = self.shared.state.lock();
        loop {
            if state.next.is_some() || !state.answers.is_empty() {
                return true;
            }
            if state.is_closed {
                return false;
            }
            self.shared.arrived.wait(&mut state);
        }
    }

    /// Nothing more will come.
    pub fn close(&self) {
        self.shared.state.lock().is_closed = true;
        self.shared.arrived.notify_all();
    }
}

fn send(answers: Vec<Answer>) {
    answers.into_iter().for_each(|(reply, body)| reply(Ok(body)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Uuid;
    use std::sync::mpsc;

    struct Tell(mpsc::Sender<(i64, usize)>);

    impl Publisher for Tell {
        fn publish(&mut self, image: &Arc<Image>, delta: &Delta, _: Now) {
            self.0.send((image.offset, delta.topics.len())).unwrap();
        }
    }

    fn push(publications: &Publications, offset: i64) {
        let mut image = Image::empty();
        image.offset = offset;
        let image = Arc::new(image);
        let topics = [Uuid::from_u128(offset as u128 + 1)].into_iter().collect();
        publications.push(image, Delta { topics, ..Delta::default() });
    }

    #[test]
    fn what_waits_is_merged_and_answers_leave_behind_it() {
        let publications = Publications::default();
        let (seen, images) = mpsc::channel();
        let mut publishers: Vec<Box<dyn Publisher>> = vec![Box::new(Tell(seen))];
        let now = Now { monotonic_us: 0, wall_ms: 0 };
        let (sender, answered) = mpsc::channel();
        let answer = |body: u8| {
            let sender = sender.clone();
            let reply: Reply = Box::new(move |result| drop(sender.send(result)));
            publications.answer([(reply, vec![body])]);
        };
        answer(1);
        assert_eq!(answered.try_recv().unwrap(), Ok(vec![1]), "nothing is to be published before it");
        push(&publications, 4);
        push(&publications, 5);
        answer(2);
        assert!(answered.try_recv().is_err());
        publications.run(&mut publishers, now);
        assert_eq!((images.try_recv(), answered.try_recv().unwrap()), (Ok((5, 2)), Ok(vec![2])));
        assert!(images.try_recv().is_err() && !publications.has_work());
    }
}
