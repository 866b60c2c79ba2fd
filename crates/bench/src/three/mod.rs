//! Three nodes, each broker and controller, with every partition on all of them: what replication costs, and how long a
//! failure is felt. Both systems get the same `server.properties`.

mod acknowledgement;
mod catch_up;
mod failover;
mod many;
mod nodes;
mod produce;
mod rest;

use crate::measure::Group;

pub const GROUPS: &[Group] = &[
    produce::GROUP,
    acknowledgement::GROUP,
    failover::GROUP,
    failover::QUICKER_GROUP,
    catch_up::GROUP,
    rest::GROUP,
    many::GROUP,
];
