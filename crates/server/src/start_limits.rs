//! How long a start may take: `initial.broker.registration.timeout.ms` and `server.max.startup.time.ms`.

use broker::LifecycleState;
use config::LifecycleConfig;
use std::time::{Duration, Instant};

/// How often they are looked at.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Watches a start until the node is ready.
pub(crate) struct StartLimits {
    begun: Instant,
    /// Recovery of the logs comes before, and has all the time it needs.
    registering_since: Option<Instant>,
    registration_max: Duration,
    startup_max: Duration,
}

impl StartLimits {
    pub fn new(config: &LifecycleConfig, begun: Instant) -> StartLimits {
        StartLimits {
            begun,
            registering_since: None,
            registration_max: Duration::from_millis(config.initial_registration_timeout_ms.max(0) as u64),
            startup_max: Duration::from_millis(config.startup_time_max_ms.max(0) as u64),
        }
    }

    /// The key whose time is up.
    pub fn exceeded(&mut self, state: LifecycleState, now: Instant) -> Option<&'static str> {
        if state == LifecycleState::Registering {
            let since = *self.registering_since.get_or_insert(now);
            if now.saturating_duration_since(since) > self.registration_max {
                return Some("initial.broker.registration.timeout.ms");
            }
        }
        let is_late = now.saturating_duration_since(self.begun) > self.startup_max;
        is_late.then_some("server.max.startup.time.ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_has_its_time_and_recovery_does_not_count_as_registering() {
        let config = LifecycleConfig {
            heartbeat_interval_ms: 2000,
            session_timeout_ms: 9000,
            initial_registration_timeout_ms: 60_000,
            controlled_shutdown_enable: true,
            startup_time_max_ms: 600_000,
        };
        let begun = Instant::now();
        let mut limits = StartLimits::new(&config, begun);
        for (state, seconds, expected) in [
            (LifecycleState::Starting, 300, None),
            (LifecycleState::Registering, 301, None),
            (LifecycleState::Registering, 361, None),
            (LifecycleState::Registering, 362, Some("initial.broker.registration.timeout.ms")),
            (LifecycleState::CatchingUp, 363, None),
            (LifecycleState::CatchingUp, 601, Some("server.max.startup.time.ms")),
        ] {
            assert_eq!(limits.exceeded(state, begun + Duration::from_secs(seconds)), expected, "{seconds}");
        }
    }
}
