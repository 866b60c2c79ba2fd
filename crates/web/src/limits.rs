//! How much of everything there may be at once. The numbers are for probes and scrapers, not for users.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Connections in all.
pub(crate) const CONNECTIONS_MAX: usize = 64;
/// Connections of one address.
pub(crate) const CONNECTIONS_PER_ADDRESS_MAX: usize = 16;
/// Connections beyond these that are told so at a time, and how long they may take for their request.
pub(crate) const REFUSED_MAX: usize = 16;
pub(crate) const REFUSED_WAIT: Duration = Duration::from_secs(5);
/// That some were refused is said once in this time.
pub(crate) const COMPLAIN_AGAIN: Duration = Duration::from_secs(10);
/// Requests a second of one address, and how many may come at once after a silence.
pub(crate) const REQUESTS_PER_SECOND_MAX: u32 = 50;
pub(crate) const REQUESTS_AT_ONCE_MAX: u32 = 100;
/// Addresses whose requests are counted at a time.
pub(crate) const ADDRESSES_MAX: usize = 1024;
/// Bytes of a request's head.
pub(crate) const HEAD_BYTES_MAX: usize = 16 * 1024;
pub(crate) const HEADERS_MAX: usize = 64;
/// How long a head may take, and a connection without a request stays.
pub(crate) const HEAD_WAIT: Duration = Duration::from_secs(30);
/// A connection takes no new request when it is so old; then what it reads must be read within [`LAST_ANSWER_WAIT`].
pub(crate) const CONNECTION_AGE_MAX: Duration = Duration::from_secs(120);
pub(crate) const LAST_ANSWER_WAIT: Duration = Duration::from_secs(10);
/// Requests that may wait for their page, and how long.
pub(crate) const PAGES_WAITING_MAX: usize = 32;
pub(crate) const PAGE_WAIT: Duration = Duration::from_secs(20);
/// A page above this size is large; so many of them may be on their way to readers.
pub(crate) const LARGE_PAGE_BYTES: usize = 64 * 1024;
pub(crate) const LARGE_PAGES_MAX: usize = 4;

/// Counts connections by address.
#[derive(Clone, Default)]
pub(crate) struct Admission(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A connection that is counted until this value goes.
pub(crate) struct Admitted {
    admission: Admission,
    address: IpAddr,
}

impl Admission {
    /// `None` where there are as many as there may be.
    pub fn admit(&self, address: IpAddr) -> Option<Admitted> {
        let mut counts = self.0.lock();
        if counts.values().sum::<usize>() >= CONNECTIONS_MAX {
            return None;
        }
        let count = counts.entry(address).or_default();
        if *count >= CONNECTIONS_PER_ADDRESS_MAX {
            return None;
        }
        *count += 1;
        Some(Admitted { admission: self.clone(), address })
    }
}

impl Admitted {
    pub fn address(&self) -> IpAddr {
        self.address
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut counts = self.admission.0.lock();
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// When something that may happen often was said last.
#[derive(Default)]
pub(crate) struct Complaints {
    next: Option<Instant>,
}

impl Complaints {
    /// Whether it may be said again now.
    pub fn take(&mut self, now: Instant) -> bool {
        let may = self.next.is_none_or(|next| now >= next);
        if may {
            self.next = Some(now + COMPLAIN_AGAIN);
        }
        may
    }
}

/// The rate of requests by address, so that a flood of one keeps nobody else's probe out.
#[derive(Default)]
pub(crate) struct Rates(HashMap<IpAddr, Rate>);

impl Rates {
    /// Whether one more request of an address may be answered now.
    pub fn take(&mut self, address: IpAddr, now: Instant) -> bool {
        if self.0.len() >= ADDRESSES_MAX && !self.0.contains_key(&address) {
            // Who was silent for a while is as good as new.
            self.0.retain(|_, rate| !rate.is_full(now));
            if self.0.len() >= ADDRESSES_MAX {
                return false;
            }
        }
        self.0.entry(address).or_insert_with(|| Rate::new(now)).take(now)
    }
}

/// A bucket of requests that fills evenly.
struct Rate {
    /// Thousandths of a request.
    left: u64,
    filled: Instant,
}

impl Rate {
    fn new(now: Instant) -> Rate {
        Rate { left: u64::from(REQUESTS_AT_ONCE_MAX) * 1000, filled: now }
    }

    fn is_full(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.left >= u64::from(REQUESTS_AT_ONCE_MAX) * 1000
    }

    fn fill(&mut self, now: Instant) {
        let ms = now.saturating_duration_since(self.filled).as_millis().min(1_000_000) as u64;
        self.left = (self.left + ms * u64::from(REQUESTS_PER_SECOND_MAX)).min(u64::from(REQUESTS_AT_ONCE_MAX) * 1000);
        self.filled += Duration::from_millis(ms);
    }

    fn take(&mut self, now: Instant) -> bool {
        self.fill(now);
        let may = self.left >= 1000;
        self.left -= if may { 1000 } else { 0 };
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_have_a_maximum_in_all_and_for_each_address() {
        let admission = Admission::default();
        let address = |last: u8| IpAddr::from([10, 0, 0, last]);
        let mut open: Vec<Admitted> = Vec::new();
        for last in 0..4 {
            open.extend((0..CONNECTIONS_PER_ADDRESS_MAX).map(|_| admission.admit(address(last)).unwrap()));
            assert!(admission.admit(address(last)).is_none());
        }
        assert!(admission.admit(address(9)).is_none(), "as many as there may be");
        open.clear();
        assert!(admission.admit(address(9)).is_some() && admission.0.lock().is_empty());
    }

    #[test]
    fn a_complaint_is_made_once_in_ten_seconds() {
        let begun = Instant::now();
        let mut complaints = Complaints::default();
        let made: Vec<u64> = (0..25).filter(|s| complaints.take(begun + Duration::from_secs(*s))).collect();
        assert_eq!(made, [0, 10, 20]);
    }

    #[test]
    fn requests_have_a_rate_after_a_first_burst() {
        let begun = Instant::now();
        let mut rates = Rates::default();
        let [flood, probe] = [1, 2].map(|last| IpAddr::from([10, 0, 0, last]));
        let at_once = (0..1000).filter(|_| rates.take(flood, begun)).count();
        assert_eq!(at_once, REQUESTS_AT_ONCE_MAX as usize);
        assert!(rates.take(probe, begun));
        let second = (1..=1000).filter(|ms| rates.take(flood, begun + Duration::from_millis(*ms))).count();
        assert_eq!(second, REQUESTS_PER_SECOND_MAX as usize);
    }

    #[test]
    fn addresses_that_are_counted_have_a_maximum_and_silent_ones_are_forgotten() {
        let begun = Instant::now();
        let mut rates = Rates::default();
        let address = |n: usize| IpAddr::from((n as u32).to_be_bytes());
        assert!((0..ADDRESSES_MAX).all(|n| rates.take(address(n), begun)));
        assert!(!rates.take(address(ADDRESSES_MAX), begun) && rates.take(address(0), begun));
        assert!(rates.take(address(ADDRESSES_MAX), begun + Duration::from_secs(10)));
        assert_eq!(rates.0.len(), 1);
    }
}
