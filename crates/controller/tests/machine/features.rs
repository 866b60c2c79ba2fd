//! Levels go where every node of the cluster can follow.

use crate::cluster::Cluster;
use base::ErrorCode;
use protocol::controller_registration_request::Feature;
use protocol::update_features_request::FeatureUpdateKey;
use protocol::{ControllerRegistrationRequest, UpdateFeaturesRequest};

/// Code and message of an upgrade of one feature.
fn raise(cluster: &mut Cluster, feature: &'static str, level: i16) -> (i16, String) {
    let update =
        FeatureUpdateKey { feature: feature.into(), max_version_level: level, upgrade_type: 1, ..Default::default() };
    let request = UpdateFeaturesRequest { feature_updates: vec![update], ..Default::default() };
    let reason = Some("The reason.");
    let answer = cluster.step(|controller, view, _| controller.update_features(view, &request, reason).plan);
    (answer.error_code, answer.error_message.unwrap_or_default().into())
}

#[test]
fn a_level_that_a_node_lacks_is_refused_with_its_name() {
    // Brokers register here just what is finalized.
    let mut cluster = Cluster::of_levels(1, &[("metadata.version", 29)]);
    let (code, message) = raise(&mut cluster, "metadata.version", 30);
    assert_eq!(code, ErrorCode::InvalidUpdateVersion.code());
    assert!(message.ends_with("Broker 1 only supports versions 0-29"), "{message}");
    let (_, message) = raise(&mut cluster, "eligible.leader.replicas.version", 1);
    assert!(message.ends_with("Broker 1 does not support this feature."), "{message}");
}

#[test]
fn a_quorum_that_must_stay_static_says_why() {
    let mut cluster = Cluster::of_levels(0, &[("metadata.version", 29)]);
    let (code, message) = raise(&mut cluster, "kraft.version", 1);
    assert_eq!(code, ErrorCode::InvalidUpdateVersion.code());
    assert!(message.ends_with("Invalid update version 1 for feature kraft.version. The reason."), "{message}");
}

#[test]
fn controllers_count_as_brokers_do() {
    let mut cluster = Cluster::of_levels(0, &[("metadata.version", 29)]);
    let feature = Feature {
        name: "metadata.version".into(),
        min_supported_version: 7,
        max_supported_version: 29,
        ..Default::default()
    };
    let older = ControllerRegistrationRequest { controller_id: 101, features: vec![feature], ..Default::default() };
    let answer = cluster.step(|controller, view, _| controller.register_controller(view, &older));
    assert_eq!(answer.error_code, 0);
    let (_, message) = raise(&mut cluster, "metadata.version", 30);
    assert!(message.ends_with("Controller 101 only supports versions 7-29"), "{message}");
    let (_, message) = raise(&mut cluster, "eligible.leader.replicas.version", 1);
    assert!(message.ends_with("Controller 101 does not support this feature."), "{message}");
}

#[test]
fn a_node_of_several_finalizes_nothing_that_it_does_not_serve() {
    let mut cluster = Cluster::of_levels(0, &[("metadata.version", 30)]);
    for feature in ["group.version", "share.version", "streams.version", "transaction.version"] {
        let (_, message) = raise(&mut cluster, feature, 1);
        assert!(message.ends_with("Local controller 100 only supports versions 0-0"), "{message}");
    }
}
