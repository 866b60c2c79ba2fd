use super::*;
use crate::config::{Ports, QuorumConfig};
use crate::log::data_batches;
use crate::replicate::METADATA_TOPIC;
use crate::{Input, Mailbox};
use base::{BlockingWork, Executor, Files, Knocked, Network, SplitMix64, Task, TopicPartition, Uuid};
use controller::{Record, Settings};
use parking_lot::Mutex;
use protocol::header::{decode_request_header, encode_response};
use protocol::{
    ApiKey, Cursor, FeatureLevelRecord, FetchResponse, Message, RecordsField, VoteRequest, VoteResponse, Writer,
    fetch_response, vote_request, vote_response,
};
use raft::{Endpoint, ReplicaKey, Timing, Voter, VoterSet};
use std::path::Path;
use std::sync::Arc;
use storage::{Log, LogConfig, OpenOptions};
use testkit::SimFiles;

const NOW: Now = Now { monotonic_us: 1_000_000, wall_ms: 1_795_000_000_000 };
const LEADER: NodeId = 1;
const EPOCH: LeaderEpoch = 3;

/// Work that is given away is not done: nothing here waits for it.
struct Idle;

impl Executor for Idle {
    fn now(&self) -> Now {
        NOW
    }
    fn defer(&self, _: Arc<dyn Task>) {}
    fn run_at(&self, _: u64, _: Arc<dyn Task>) {}
    fn run_blocking(&self, _: BlockingWork) {}
}

/// Keeps what is sent.
#[derive(Clone, Default)]
struct Sent(Arc<Mutex<Vec<Outbound>>>);

impl Line for Sent {
    fn send(&self, request: Outbound) {
        self.0.lock().push(request);
    }
    fn close(&self) {}
}

impl Network for Sent {
    fn line(&self, _: &Remote) -> Arc<dyn Line> {
        Arc::new(self.clone())
    }

    fn knock(&self, remote: &Remote, _: u64, _: Knocked) {
        panic!("an observer knocks at {remote}")
    }
}

/// A broker alone, and what it has asked.
pub(crate) struct Observer {
    pub(crate) node: QuorumNode,
    sent: Sent,
    mailbox: Mailbox,
    publications: crate::Publications,
    /// The epoch of the leader that answers.
    epoch: LeaderEpoch,
    pub(crate) now: Now,
}

impl Observer {
    fn open(files: &SimFiles) -> Observer {
        Observer::open_as(files, false)
    }

    /// The same, or a controller that votes beside its leader and one that is away.
    fn open_as(files: &SimFiles, is_voter: bool) -> Observer {
        let voters: &[NodeId] = if is_voter { &[LEADER, 2, 3] } else { &[LEADER] };
        Observer::open_among(files, ReplicaKey { id: 2, directory_id: Uuid::ZERO }, voters)
    }

    /// A replica of a static quorum of these voters.
    pub(crate) fn open_among(files: &SimFiles, local: ReplicaKey, voters: &[NodeId]) -> Observer {
        let is_voter = voters.contains(&local.id);
        let (mailbox, sent, publications) = (Mailbox::default(), Sent::default(), crate::Publications::default());
        let dir = Path::new("/data");
        files.create_dir_all(&dir.join(crate::FOLDER)).unwrap();
        let shared: Arc<dyn Files> = Arc::new(files.clone());
        let (name, options) = (TopicPartition::new("__cluster_metadata", 0), OpenOptions::default());
        let log = Log::open(shared.clone(), dir.join(crate::FOLDER), name, LogConfig::default(), &options).unwrap();
        let at = Remote { host: "127.0.0.1".into(), port: 9093, listener: "CONTROLLER".into() };
        let endpoint = Endpoint { listener: "CONTROLLER".into(), host: at.host.clone(), port: at.port };
        let key = |id| ReplicaKey { id, directory_id: Uuid::ZERO };
        let voters: Vec<Voter> =
            voters.iter().map(|id| Voter { key: key(*id), endpoints: vec![endpoint.clone()] }).collect();
        let settings = Settings {
            node_id: local.id,
            cluster_id: "cluster".into(),
            kraft_version: 0,
            session_timeout_ms: 9_000,
            partitions_default: 1,
            replication_factor_default: 1,
            min_insync_replicas: 1,
            deletes_topics: true,
            ignores_transactions: false,
            unclean_leader_election: false,
            unclean_election_interval_ms: 300_000,
            preferred_election_interval_ms: None,
            static_config: Arc::default(),
        };
        let config = QuorumConfig {
            local,
            is_controller: is_voter,
            is_broker: !is_voter,
            static_voters: Some(VoterSet::new(voters)),
            timing: Timing { election_ms: 1_000, fetch_ms: 2_000, backoff_max_ms: 1_000, retry_ms: 20 },
            bootstrap: vec![at],
            controller_listener: "CONTROLLER".into(),
            request_timeout_ms: 2_000,
            retry_backoff_ms: 20,
            joins: false,
            fetch_bytes_max: 1 << 20,
            fetch_snapshot_bytes_max: 1 << 20,
            metadata_log_dir: dir.to_owned(),
            settings,
            incarnation_id: Uuid::ZERO,
            controller_endpoints: Vec::new(),
            batch_bytes_max: 1 << 20,
            snapshot_after_bytes: u64::MAX,
            snapshot_interval_ms: 0,
            retention_bytes: -1,
            retention_ms: -1,
        };
        let ports = Ports {
            executor: Arc::new(Idle),
            network: Arc::new(sent.clone()),
            mailbox: mailbox.clone(),
            publications: publications.clone(),
            view: Default::default(),
        };
        let node = QuorumNode::open(shared, log, config, ports, Box::new(SplitMix64(1)), NOW).unwrap();
        Observer { node, sent, mailbox, publications, epoch: EPOCH, now: NOW }
    }

    /// Takes what has come, after the pause that a quick answer without news makes.
    pub(crate) fn step(&mut self) {
        self.now.monotonic_us += 20_000;
        let inputs: Vec<Input> = self.mailbox.take().into();
        self.node.step(self.now, inputs).unwrap();
    }

    /// The leader answers the fetch: with records, and how far it has committed.
    fn answered(&mut self, records: &[u8], high_watermark: Offset) {
        let leader =
            fetch_response::LeaderIdAndEpoch { leader_id: LEADER, leader_epoch: self.epoch, ..Default::default() };
        self.tells(fetch_response::PartitionData {
            high_watermark,
            current_leader: leader,
            records: Some(RecordsField::from(records)),
            ..Default::default()
        });
        self.step();
    }

    /// Whoever is asked tells this of the partition.
    fn tells(&mut self, partition: fetch_response::PartitionData<'_>) {
        let topic = fetch_response::FetchableTopicResponse { partitions: vec![partition], ..Default::default() };
        self.responds(&FetchResponse { responses: vec![topic], ..Default::default() });
    }

    fn responds(&mut self, response: &FetchResponse<'_>) {
        self.step();
        let mut sent = self.sent.0.lock();
        let at = sent.iter().rposition(|request| request.frame[4..6] == ApiKey::Fetch.id().to_be_bytes());
        let request = sent.remove(at.expect("it fetches"));
        drop(sent);
        let correlation_id = i32::from_be_bytes(request.frame[8..12].try_into().unwrap());
        let (mut writer, version) = (Writer::new(), ApiKey::Fetch.max_version());
        encode_response(&mut writer, ApiKey::Fetch, version, correlation_id, response).unwrap();
        (request.done)(Ok(writer.into_bytes()[4..].to_vec()));
    }
}

/// The batch of a leader at this offset: one record.
fn batch(offset: Offset) -> Vec<u8> {
    level(offset, "metadata.version", 25)
}

fn level(offset: Offset, name: &'static str, feature_level: i16) -> Vec<u8> {
    let value = FeatureLevelRecord { name: name.into(), feature_level, ..Default::default() }.into();
    let mut bytes = data_batches(&[Record { value, version: 0 }], NOW.wall_ms, 1 << 20).unwrap().remove(0).bytes;
    bytes[0..8].copy_from_slice(&offset.to_be_bytes());
    bytes[12..16].copy_from_slice(&EPOCH.to_be_bytes());
    bytes
}

#[test]
fn nothing_is_shown_before_what_was_committed_is_here() {
    let files = SimFiles::new();
    let mut observer = Observer::open(&files);
    // The leader does not know yet how far its log is committed, then tells it, in parts.
    observer.answered(&[], -1);
    observer.answered(&batch(0), 3);
    assert!(!observer.publications.has_work(), "a part of what was committed");
    observer.answered(&batch(1), 5);
    assert!(!observer.publications.has_work(), "still a part of it");
    observer.answered(&batch(2), 5);
    assert!(observer.publications.has_work(), "all that was committed when the leader was first heard of");
    assert_eq!(observer.node.image().offset, 2);
    drop(observer);
    // What is here already is not shown either, before the leader says how much there is.
    let mut again = Observer::open(&files);
    again.step();
    assert!(!again.publications.has_work());
    again.answered(&[], 6);
    assert!(!again.publications.has_work(), "it has all that it had, and that is less than there is");
    again.answered(&[batch(3), batch(4), batch(5)].concat(), 6);
    assert_eq!((again.publications.has_work(), again.node.image().offset), (true, 5));
}

#[test]
fn a_broker_whose_disk_is_full_hears_of_a_new_leader_and_goes_on() {
    let files = SimFiles::new();
    let mut observer = Observer::open(&files);
    files.inject(testkit::Fault { on: testkit::FaultOn::Write, after: 0, errno: 28, sticky: true });
    observer.answered(&[], 1);
    assert_eq!((observer.node.raft.leader_id(), observer.node.raft.epoch()), (Some(LEADER), EPOCH));
    observer.answered(&batch(0), 1);
    assert!(!observer.publications.has_work());
    files.heal();
    observer.now.monotonic_us += PAUSE_MAX_MS * 1000;
    observer.answered(&batch(0), 1);
    assert_eq!((observer.publications.has_work(), observer.node.image().offset), (true, 0));
    drop(observer);
    assert_eq!(Observer::open(&files).node.raft.epoch(), EPOCH);
}

#[test]
fn a_controller_of_another_cluster_ends_nobody_and_is_asked_again_after_a_pause_that_grows() {
    let mut observer = Observer::open(&SimFiles::new());
    observer.answered(&batch(0), 1);
    assert!(observer.publications.has_work());
    let other = FetchResponse { error_code: ErrorCode::InconsistentClusterId.code(), ..Default::default() };
    let mut pauses_us = Vec::new();
    for tries in 1..20 {
        observer.responds(&other);
        observer.step();
        assert_eq!((observer.node.following.failures, observer.sent.0.lock().len()), (tries, 0));
        let due_us = observer.node.follow_deadline_us().unwrap();
        pauses_us.push(due_us - observer.now.monotonic_us);
        observer.now.monotonic_us = due_us;
    }
    assert!(pauses_us[0] < 50_000 && pauses_us[18] >= PAUSE_MAX_MS * 1000, "{pauses_us:?}");
    let said = observer.node.explained(ErrorCode::InconsistentClusterId);
    assert!(said.contains("whose cluster id is cluster ") && said.contains("controller.quorum.voters"), "{said}");
    // The right one is back on that address.
    observer.answered(&batch(1), 2);
    assert_eq!((observer.node.following.failures, observer.node.image().offset), (0, 1));
}

#[test]
fn a_broker_at_the_address_of_the_controller_is_told_as_what_it_is() {
    let mut observer = Observer::open(&SimFiles::new());
    let error_code = ErrorCode::UnknownTopicId.code();
    observer.tells(fetch_response::PartitionData { error_code, ..Default::default() });
    observer.step();
    assert_eq!(observer.node.following.failures, 1);
    let said = observer.node.explained(ErrorCode::UnknownTopicId);
    assert!(said.contains("no controller (UNKNOWN_TOPIC_ID)"), "{said}");
}

/// Answers name this node itself as the leader, which it is not.
#[test]
fn a_process_whose_node_id_leads_elsewhere_says_so() {
    let mut voter = Observer::open_as(&SimFiles::new(), true);
    let mut tells = |error: ErrorCode, leader_epoch| {
        let current_leader = fetch_response::LeaderIdAndEpoch { leader_id: 2, leader_epoch, ..Default::default() };
        let partition =
            fetch_response::PartitionData { error_code: error.code(), current_leader, ..Default::default() };
        let topic = fetch_response::FetchableTopicResponse { partitions: vec![partition], ..Default::default() };
        let at = fetch_response::NodeEndpoint { node_id: 2, host: "10.0.0.7".into(), port: 9093, ..Default::default() };
        voter.responds(&FetchResponse { responses: vec![topic], node_endpoints: vec![at], ..Default::default() });
        voter.step();
        voter.now.monotonic_us = voter.node.follow_deadline_us().unwrap();
        voter.node.following.refusal.as_deref().map(str::to_owned).unwrap()
    };
    for (error, epoch) in [(ErrorCode::FencedLeaderEpoch, 7), (ErrorCode::None, 0)] {
        let said = tells(error, epoch);
        assert!(said.contains("at 10.0.0.7:9093 has the node.id of this node, 2"), "{said}");
        assert!(said.contains(&error.to_string()) && said.contains("another process"), "{said}");
    }
    // Others may take for the leader who led before it was started again.
    let said = tells(ErrorCode::NotLeaderOrFollower, 0);
    assert!(!said.contains("another process"), "{said}");
}

#[test]
fn a_leader_that_lacks_what_was_committed_is_named_and_the_files_here_are_whole() {
    let mut observer = Observer::open(&SimFiles::new());
    observer.answered(&batch(0), 1);
    observer.answered(&batch(1), 2);
    let current_leader =
        fetch_response::LeaderIdAndEpoch { leader_id: LEADER, leader_epoch: EPOCH, ..Default::default() };
    let diverging_epoch = fetch_response::EpochEndOffset { epoch: EPOCH, end_offset: 1, ..Default::default() };
    observer.tells(fetch_response::PartitionData { current_leader, diverging_epoch, ..Default::default() });
    let inputs: Vec<Input> = observer.mailbox.take().into();
    let error = observer.node.step(observer.now, inputs).unwrap_err();
    assert!(error.is_orderly() && error.to_string().contains("127.0.0.1:9093"), "{error}");
    observer.node.close(observer.now).unwrap();
}

/// A folder whose log says what is not served.
fn with_unserved_level() -> SimFiles {
    let files = SimFiles::new();
    Observer::open(&files).answered(&[batch(0), level(1, "group.version", 1)].concat(), 0);
    files
}

/// Whether it votes for its leader, whose log ends there, in this epoch.
fn is_granted(voter: &mut Observer, epoch: LeaderEpoch, last_offset: Offset, pre_vote: bool) -> bool {
    is_granted_to(voter, LEADER, epoch, last_offset, pre_vote)
}

fn is_granted_to(
    voter: &mut Observer,
    candidate: NodeId,
    epoch: LeaderEpoch,
    last_offset: Offset,
    pre_vote: bool,
) -> bool {
    let partition = vote_request::PartitionData {
        replica_epoch: epoch,
        replica_id: candidate,
        last_offset_epoch: EPOCH,
        last_offset,
        pre_vote,
        ..Default::default()
    };
    let topic = vote_request::TopicData {
        topic_name: METADATA_TOPIC.into(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request =
        VoteRequest { cluster_id: Some("cluster".into()), voter_id: 2, topics: vec![topic], ..Default::default() };
    let version = ApiKey::Vote.max_version();
    let (sender, answered) = std::sync::mpsc::channel();
    let reply: crate::Reply = Box::new(move |result| drop(sender.send(result)));
    let body = request.to_bytes(version).unwrap();
    voter.node.serve_voter(voter.now, ApiKey::Vote, version, &body, reply).unwrap();
    let body = answered.try_recv().unwrap().unwrap();
    let response = VoteResponse::decode(&mut Cursor::new(&body), version).unwrap();
    response.topics[0].partitions[0].vote_granted
}

/// Waits until the voter asks for votes, and grants the one that it asked for last. Whether it was more than a question.
fn grants_it(voter: &mut Observer) -> bool {
    let is_vote = |request: &Outbound| request.frame[4..6] == ApiKey::Vote.id().to_be_bytes();
    while !asked(voter, ApiKey::Vote) {
        voter.step();
    }
    let mut sent = voter.sent.0.lock();
    let at = sent.iter().rposition(is_vote).unwrap();
    let request = sent.remove(at);
    sent.retain(|request| !is_vote(request));
    drop(sent);
    let (head, mut body) = decode_request_header(&request.frame[4..]).unwrap();
    let vote = VoteRequest::decode(&mut body, head.version).unwrap();
    let partition = &vote.topics[0].partitions[0];
    let partition_data = vote_response::PartitionData {
        leader_id: -1,
        leader_epoch: partition.replica_epoch,
        vote_granted: true,
        ..Default::default()
    };
    let topic = vote_response::TopicData {
        topic_name: METADATA_TOPIC.into(),
        partitions: vec![partition_data],
        ..Default::default()
    };
    let response = VoteResponse { topics: vec![topic], ..Default::default() };
    let mut writer = Writer::new();
    encode_response(&mut writer, ApiKey::Vote, head.version, head.correlation_id, &response).unwrap();
    let stands = !partition.pre_vote;
    (request.done)(Ok(writer.into_bytes()[4..].to_vec()));
    voter.step();
    stands
}

fn asked(voter: &Observer, api: ApiKey) -> bool {
    voter.sent.0.lock().iter().any(|request| request.frame[4..6] == api.id().to_be_bytes())
}

#[test]
fn a_voter_whose_log_is_older_than_its_cluster_follows_first_and_stands_then() {
    let mut voter = Observer::open_as(&with_unserved_level(), true);
    // Longer than elections take.
    for _ in 0..250 {
        voter.step();
    }
    assert!(asked(&voter, ApiKey::Fetch) && !asked(&voter, ApiKey::Vote));
    voter.answered(&level(2, "group.version", 0), 3);
    assert!(voter.publications.has_work());
    for _ in 0..250 {
        voter.step();
    }
    assert!(asked(&voter, ApiKey::Vote));
}

#[test]
fn a_voter_that_looks_for_levels_helps_to_elect_who_knows_them_and_takes_them_of_it() {
    let mut voter = Observer::open_as(&with_unserved_level(), true);
    voter.step();
    // Whoever asks has at least what it has: the record of the level that it does not serve, too.
    assert!(!is_granted(&mut voter, EPOCH, 1, true));
    assert!(is_granted(&mut voter, EPOCH, 2, true));
    voter.epoch = EPOCH + 1;
    assert!(!is_granted(&mut voter, EPOCH + 1, 1, false));
    assert!(is_granted(&mut voter, EPOCH + 1, 3, false));
    for _ in 0..250 {
        voter.step();
    }
    assert!(!asked(&voter, ApiKey::Vote), "it stands in no election itself");
    // A leader does not know what is committed before this one has what it wrote in its epoch.
    voter.answered(&[], -1);
    assert!(!voter.publications.has_work());
    voter.answered(&level(2, "group.version", 0), 3);
    assert!(voter.publications.has_work());
    assert_eq!(voter.node.raft_deadline_us(), voter.node.raft.deadline_us(), "it stands in elections again");
}

/// The vote is on disk before it is known what holds in the cluster: it says nothing of that.
#[test]
fn a_vote_that_was_granted_before_the_levels_are_known_outlives_the_process() {
    let files = with_unserved_level();
    let mut voter = Observer::open_as(&files, true);
    assert!(is_granted(&mut voter, EPOCH + 1, 3, false));
    drop(voter);
    let state = Observer::open_as(&files, true).node.read_quorum_state().unwrap();
    assert_eq!((state.leader_epoch, state.voted.map(|voted| voted.id)), (EPOCH + 1, Some(LEADER)));
}

/// As before, but that the disk has no room: it is as if it had not been asked.
#[test]
fn a_vote_that_cannot_be_kept_is_not_given() {
    let files = SimFiles::new();
    let mut voter = Observer::open_as(&files, true);
    voter.step();
    files.inject(testkit::Fault { on: testkit::FaultOn::Write, after: 0, errno: 28, sticky: true });
    assert!(is_granted(&mut voter, EPOCH, 1, true), "nothing is promised by that");
    assert!(!is_granted(&mut voter, EPOCH + 1, 1, false));
    assert_eq!([grants_it(&mut voter), grants_it(&mut voter)], [false, false], "nor does it vote for itself");
    files.heal();
    assert!(is_granted_to(&mut voter, 3, EPOCH + 1, 1, false), "it has voted for nobody");
    let state = Observer::open_as(&files, true).node.read_quorum_state().unwrap();
    assert_eq!((state.leader_epoch, state.voted.map(|voted| voted.id)), (EPOCH + 1, Some(3)));
    assert_eq!([grants_it(&mut voter), grants_it(&mut voter)], [false, true], "it stands as before");
}

#[test]
fn a_voter_that_hears_of_nothing_else_ends_by_name() {
    let mut voter = Observer::open_as(&with_unserved_level(), true);
    voter.now.monotonic_us += 10_000_000;
    let error = voter.node.step(voter.now, []).unwrap_err();
    assert!(error.is_orderly() && error.to_string().contains("group.version=1 (served: 0)"), "{error}");
    assert!(!asked(&voter, ApiKey::Vote));
}

#[test]
fn a_replica_ends_at_levels_of_its_cluster_before_they_are_shown() {
    let mut observer = Observer::open(&SimFiles::new());
    observer.tells(fetch_response::PartitionData {
        high_watermark: 2,
        current_leader: fetch_response::LeaderIdAndEpoch {
            leader_id: LEADER,
            leader_epoch: EPOCH,
            ..Default::default()
        },
        records: Some(RecordsField::from(&[batch(0), level(1, "share.version", 2)].concat()[..])),
        ..Default::default()
    });
    let inputs: Vec<Input> = observer.mailbox.take().into();
    let error = observer.node.step(observer.now, inputs).unwrap_err();
    assert!(error.to_string().contains("share.version=2 (served: 0)"), "{error}");
    assert!(!observer.publications.has_work());
}
