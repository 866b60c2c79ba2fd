//! What a loop's thread keeps of its turn: whatever the code that it runs wants done at the end. Any code may ask; on another
//! thread nothing is kept, and the caller is told.

use crate::connection::Shared;
use base::Task;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// What happens during a turn and is dealt with at its end; each loop thread has one.
pub(crate) struct Turn {
    pub index: usize,
    pub flush: Vec<Arc<Shared>>,
    pub deferred: Vec<Arc<dyn Task>>,
    pub timers: Vec<(u64, Arc<dyn Task>)>,
    pub resumed: Vec<(usize, u64)>,
}

thread_local! {
    static TURN: RefCell<Option<Turn>> = const { RefCell::new(None) };
    /// Work that this thread has done for requests, in bytes; wraps.
    static WORK_DONE: Cell<usize> = const { Cell::new(0) };
}

/// Work that this thread has done so far.
pub(crate) fn work_done() -> usize {
    WORK_DONE.with(Cell::get)
}

/// Counts work of this thread.
pub(crate) fn add_work(bytes: usize) {
    WORK_DONE.with(|done| done.set(done.get().wrapping_add(bytes)));
}

pub(crate) fn with_turn<R>(f: impl FnOnce(&mut Turn) -> R) -> Option<R> {
    TURN.with(|turn| turn.borrow_mut().as_mut().map(f))
}

/// Whether the calling thread is the loop of this index.
pub(crate) fn is_here(index: usize) -> bool {
    with_turn(|turn| turn.index == index) == Some(true)
}

/// Whether the calling thread is a loop.
pub(crate) fn is_loop() -> bool {
    with_turn(|_| ()).is_some()
}

/// Puts the connection on the list of this thread's turn; false when the thread is no loop.
pub(crate) fn flush_at_end_of_turn(shared: &Arc<Shared>) -> bool {
    with_turn(|turn| turn.flush.push(shared.clone())).is_some()
}

/// Runs the task at the end of this thread's turn; gives it back when the thread is no loop.
pub(crate) fn defer_here(task: Arc<dyn Task>) -> Result<(), Arc<dyn Task>> {
    let mut task = Some(task);
    with_turn(|turn| turn.deferred.extend(task.take()));
    task.map_or(Ok(()), Err)
}

/// Sets a timer on this thread's loop; gives the task back when the thread is no loop.
pub(crate) fn timer_here(at_us: u64, task: Arc<dyn Task>) -> Result<(), Arc<dyn Task>> {
    let mut task = Some(task);
    with_turn(|turn| turn.timers.extend(task.take().map(|task| (at_us, task))));
    task.map_or(Ok(()), Err)
}

/// Makes the calling thread the loop of this index.
pub(crate) fn begin(index: usize) {
    let turn = Turn { index, flush: Vec::new(), deferred: Vec::new(), timers: Vec::new(), resumed: Vec::new() };
    TURN.with(|cell| *cell.borrow_mut() = Some(turn));
}

/// The calling thread is no loop any more.
pub(crate) fn end() {
    // What is dropped with it may want to answer, and looks at the turn: it must not be borrowed then.
    let last = TURN.with(|cell| cell.borrow_mut().take());
    drop(last);
}

/// Gives a list back, empty, whose memory serves the next turn.
pub(crate) fn keep_larger<T>(list: &mut Vec<T>, mut spare: Vec<T>) {
    const KEPT_MAX: usize = 1024;
    if (list.capacity() + 1..=KEPT_MAX).contains(&spare.capacity()) {
        spare.append(list);
        *list = spare;
    }
}
