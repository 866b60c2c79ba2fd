//! How long a start may take: `initial.broker.registration.timeout.ms` and `server.max.startup.time.ms`.

use broker::LifecycleState;
use config::LifecycleConfig;
use std::time::{Duration, Instant};

/// How often they are looked at.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Watches a start until the node is ready.
pub(crate) struct StartLimits {
    begun: Instant,
    /// The parts run: whether a controller is there or not, the registration has its time from here on. Recovery of the
    /// logs comes behind it and has all the time it needs.
    running_since: Instant,
    registration_max: Duration,
    startup_max: Duration,
}

impl StartLimits {
    pub fn new(config: &LifecycleConfig, begun: Instant, running_since: Instant) -> StartLimits {
        StartLimits {
            begun,
            running_since,
            registration_max: Duration::from_millis(config.initial_registration_timeout_ms.max(0) as u64),
            startup_max: Duration::from_millis(config.startup_time_max_ms.max(0) as u64),
        }
    }

    /// The key whose time is up.
    pub fn exceeded(&self, state: LifecycleState, now: Instant) -> Option<&'static str> {
        let is_unregistered = matches!(state, LifecycleState::Starting | LifecycleState::Registering);
        if is_unregistered && now.saturating_duration_since(self.running_since) > self.registration_max {
            return Some(REGISTRATION_KEY);
        }
        let is_late = now.saturating_duration_since(self.begun) > self.startup_max;
        is_late.then_some("server.max.startup.time.ms")
    }
}

/// What to say at the end of a start that has exceeded the time of `key`; `refusal` is what the controller said last.
pub(crate) fn exceeded_text(key: &str, state: LifecycleState, refusal: Option<&str>, controllers: &str) -> String {
    match (key, refusal, state) {
        (REGISTRATION_KEY, Some(refusal), _) => {
            format!("unable to register with the controller quorum within the time of {key}: {refusal}")
        }
        (REGISTRATION_KEY, None, LifecycleState::Starting) => format!(
            "unable to register with the controller quorum within the time of {key}: it was not reached at \
             {controllers}\nhint: is a controller of this cluster running there? The log above names what went wrong"
        ),
        (REGISTRATION_KEY, None, _) => format!(
            "unable to register with the controller quorum within the time of {key}: the controller did not answer \
             ({controllers})\nhint: the log above names what went wrong"
        ),
        _ => format!("the node did not get ready within the time of {key}"),
    }
}

const REGISTRATION_KEY: &str = "initial.broker.registration.timeout.ms";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_has_its_time_whatever_keeps_it_and_recovery_does_not_count() {
        let config = LifecycleConfig {
            heartbeat_interval_ms: 2000,
            session_timeout_ms: 9000,
            initial_registration_timeout_ms: 60_000,
            controlled_shutdown_enable: true,
            startup_time_max_ms: 600_000,
        };
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let limits = StartLimits::new(&config, begun, at(100));
        for (state, seconds, expected) in [
            (LifecycleState::Starting, 160, None),
            (LifecycleState::Starting, 161, Some(REGISTRATION_KEY)),
            (LifecycleState::Registering, 160, None),
            (LifecycleState::Registering, 161, Some(REGISTRATION_KEY)),
            (LifecycleState::CatchingUp, 363, None),
            (LifecycleState::CatchingUp, 601, Some("server.max.startup.time.ms")),
        ] {
            assert_eq!(limits.exceeded(state, at(seconds)), expected, "{seconds}");
        }
    }

    #[test]
    fn the_last_word_names_the_reason() {
        let state = LifecycleState::Registering;
        let text = exceeded_text(REGISTRATION_KEY, state, Some("DUPLICATE_BROKER_REGISTRATION: twice"), "h:9093");
        assert!(text.starts_with("unable to register with the controller quorum") && text.ends_with("twice"), "{text}");
        let text = exceeded_text(REGISTRATION_KEY, LifecycleState::Starting, None, "h:9093");
        assert!(text.contains("not reached at h:9093"), "{text}");
    }
}
