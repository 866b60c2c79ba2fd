//! Who asks, and whether they may.

use std::net::IpAddr;
use std::sync::Arc;

/// The identity behind a connection, in Kafka's form `type:name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    pub kind: String,
    pub name: String,
}

impl Principal {
    /// `User:ANONYMOUS`: everybody on a listener without authentication.
    pub fn anonymous() -> Principal {
        Principal { kind: "User".into(), name: "ANONYMOUS".into() }
    }
}

/// Who made a request that somebody else than its listener decides about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// This node itself.
    Node,
    /// Whoever is behind a connection, and the `client_id` of the request's header.
    Connected { principal: Arc<Principal>, host: IpAddr, client_id: Option<Arc<str>> },
}

/// What is to be done, with Kafka's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i8)]
pub enum Operation {
    /// Nothing needs to be allowed.
    None = 0,
    Any = 1,
    All = 2,
    Read = 3,
    Write = 4,
    Create = 5,
    Delete = 6,
    Alter = 7,
    Describe = 8,
    ClusterAction = 9,
    DescribeConfigs = 10,
    AlterConfigs = 11,
    IdempotentWrite = 12,
}

/// On what, with Kafka's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i8)]
pub enum ResourceType {
    Topic = 2,
    Group = 3,
    Cluster = 4,
    TransactionalId = 5,
}

/// The name of the cluster where it is a resource.
pub const CLUSTER: &str = "kafka-cluster";

/// Decides. It is asked for each resource that a request names.
pub trait Authorizer: Send + Sync {
    fn is_allowed(
        &self,
        principal: &Principal,
        host: IpAddr,
        operation: Operation,
        resource: ResourceType,
        name: &str,
    ) -> bool;
}

/// Says yes: what Kafka does without `authorizer.class.name`.
#[derive(Debug, Default, Clone, Copy)]
pub struct AllowAll;

impl Authorizer for AllowAll {
    fn is_allowed(&self, _: &Principal, _: IpAddr, _: Operation, _: ResourceType, _: &str) -> bool {
        true
    }
}
