//! What the table of APIs says about each of them.

use crate::ApiKey;
use std::fmt;

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiInfo {
    pub key: ApiKey,
    /// Kafka's name, such as `Produce`.
    pub name: &'static str,
    /// Names of the messages, such as `ProduceRequest`.
    pub request: &'static str,
    pub response: &'static str,
    /// Stable versions that are spoken: `min_version..=max_version`.
    pub min_version: i16,
    pub max_version: i16,
    /// Highest version with those that need `unstable.api.versions.enable`.
    pub max_unstable_version: i16,
    /// What ApiVersions names as lowest version. Differs from `min_version` for Produce only: Kafka advertises 0 there,
    /// because librdkafka looked at it.
    pub min_advertised_version: i16,
    pub request_flexible_since: Option<i16>,
    /// `None` also for ApiVersions, whose answer must be readable before versions are known.
    pub response_header_flexible_since: Option<i16>,
    /// Listeners that serve it.
    pub broker: bool,
    pub controller: bool,
    /// A broker passes it on to the controller.
    pub forwardable: bool,
    /// Only nodes of the cluster may send it (CLUSTER_ACTION).
    pub cluster_action: bool,
    /// Kafka keeps the request's buffer until its handler is done, because parts of it are used in place.
    pub delayed_allocation: bool,
}

impl ApiKey {
    pub fn id(self) -> i16 {
        self as i16
    }

    pub fn name(self) -> &'static str {
        self.info().name
    }

    pub fn min_version(self) -> i16 {
        self.info().min_version
    }

    /// Highest stable version.
    pub fn max_version(self) -> i16 {
        self.info().max_version
    }

    /// Whether a stable version of this number exists.
    pub fn supports(self, version: i16) -> bool {
        (self.min_version()..=self.max_version()).contains(&version)
    }

    /// Version of the request header, also for versions that do not exist (yet).
    pub fn request_header_version(self, version: i16) -> i16 {
        if self.info().request_flexible_since.is_some_and(|since| version >= since) { 2 } else { 1 }
    }

    /// Version of the response header.
    pub fn response_header_version(self, version: i16) -> i16 {
        i16::from(self.info().response_header_flexible_since.is_some_and(|since| version >= since))
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
