//! Where the answer of a shard goes: to a client, or into an answer that several shards make together.

use super::send_response;
use super::topics::Withheld;
use api::Responder;
use base::Map;
use dialect::{offset_fetch_response, say};
use group::GroupResponse;
use parking_lot::Mutex;
use protocol::{ApiKey, DeleteGroupsResponse, DescribeGroupsResponse, ListGroupsResponse};
use std::sync::Arc;

/// The receiver of one response.
pub(crate) enum Target {
    Single(Responder),
    /// The part with this number.
    Part(Arc<Gather>, usize),
    /// What the coordinator was not asked comes into its answer.
    Completed(Box<(Target, Withheld)>),
}

impl Target {
    /// The same, with what was withheld from the coordinator.
    pub(super) fn completed(self, withheld: Option<Withheld>) -> Target {
        match withheld {
            None => self,
            Some(withheld) => Target::Completed(Box::new((self, withheld))),
        }
    }

    pub fn send(self, response: GroupResponse) {
        match self {
            Target::Completed(completed) => completed.0.send(completed.1.complete(response)),
            Target::Single(responder) => send_response(responder, response),
            Target::Part(gather, index) => gather.put(index, response),
        }
    }
}

/// Collects the parts of an answer and sends it when all are there.
pub(crate) struct Gather {
    /// What the client may do with each group of a DescribeGroups, where it asked.
    operations: Map<String, i32>,
    state: Mutex<State>,
}

struct State {
    parts: Vec<Option<GroupResponse>>,
    missing: usize,
    responder: Option<Responder>,
}

impl Gather {
    /// An answer of so many parts; one of none is sent at once.
    pub fn new(responder: Responder, parts: usize) -> Arc<Gather> {
        Gather::with_operations(responder, parts, Map::default())
    }

    /// Such an answer in which groups that could be described carry the bits of allowed operations.
    pub fn with_operations(responder: Responder, parts: usize, operations: Map<String, i32>) -> Arc<Gather> {
        let state = State { parts: vec![None; parts], missing: parts, responder: Some(responder) };
        let gather = Arc::new(Gather { operations, state: Mutex::new(state) });
        if parts == 0 {
            gather.finish();
        }
        gather
    }

    fn put(&self, index: usize, response: GroupResponse) {
        let mut state = self.state.lock();
        let Some(slot) = state.parts.get_mut(index) else { return };
        if slot.replace(response).is_none() {
            state.missing -= 1;
        }
        let done = state.missing == 0;
        drop(state);
        if done {
            self.finish();
        }
    }

    fn finish(&self) {
        let (responder, parts) = {
            let mut state = self.state.lock();
            (state.responder.take(), std::mem::take(&mut state.parts))
        };
        let Some(responder) = responder else { return };
        let version = responder.version;
        let parts = parts.into_iter().flatten().map(|part| say(part, version));
        match responder.api {
            ApiKey::OffsetFetch => {
                let groups = parts.filter_map(|part| match part {
                    GroupResponse::OffsetFetch(group) => Some(group),
                    _ => None,
                });
                let response = offset_fetch_response(responder.version, groups.collect());
                responder.send(&response);
            }
            ApiKey::DescribeGroups => {
                let groups = parts.flat_map(|part| match part {
                    GroupResponse::DescribeGroups(response) => response.groups,
                    _ => Vec::new(),
                });
                let groups = groups.map(|mut group| {
                    let operations = self.operations.get(&*group.group_id).filter(|_| group.error_code == 0);
                    group.authorized_operations = *operations.unwrap_or(&group.authorized_operations);
                    group
                });
                responder.send(&DescribeGroupsResponse { groups: groups.collect(), ..Default::default() });
            }
            ApiKey::DeleteGroups => {
                let results = parts.flat_map(|part| match part {
                    GroupResponse::DeleteGroups(response) => response.results,
                    _ => Vec::new(),
                });
                responder.send(&DeleteGroupsResponse { results: results.collect(), ..Default::default() });
            }
            _ => {
                let mut all = ListGroupsResponse::default();
                for part in parts {
                    if let GroupResponse::ListGroups(response) = part {
                        if response.error_code != 0 {
                            all.error_code = response.error_code;
                        }
                        all.groups.extend(response.groups);
                    }
                }
                responder.send(&all);
            }
        }
    }
}
