//! Registrations of nodes between the image and the records of the log, in both directions.

use crate::features::{FEATURES, Levels};
use crate::image::{Broker, Controller, Endpoint, VersionRange};
use protocol::{
    RegisterBrokerRecord, RegisterControllerRecord, register_broker_record as of_broker,
    register_controller_record as of_controller,
};

impl VersionRange {
    /// What a node that takes part at these levels registers.
    pub fn of(levels: Levels) -> Vec<VersionRange> {
        let range = |f: &crate::Feature| VersionRange { feature: f.name.to_owned(), min: f.min, max: f.max(levels) };
        FEATURES.iter().map(range).collect()
    }

    /// Whether a node that has registered these says of every feature what one with these levels would.
    pub fn are_of(registered: &[VersionRange], levels: Levels) -> bool {
        let says = |feature: &crate::Feature| {
            let known = registered.iter().find(|range| range.feature == feature.name);
            known.is_some_and(|range| (range.min, range.max) == (feature.min, feature.max(levels)))
        };
        FEATURES.iter().all(says)
    }
}

impl Broker {
    pub(crate) fn of_record(record: &RegisterBrokerRecord<'_>) -> Broker {
        let endpoint = |e: &of_broker::BrokerEndpoint<'_>| Endpoint {
            listener: e.name.to_string(),
            host: e.host.to_string(),
            port: e.port,
            security_protocol: e.security_protocol,
        };
        let range = |f: &of_broker::BrokerFeature<'_>| VersionRange {
            feature: f.name.to_string(),
            min: f.min_supported_version,
            max: f.max_supported_version,
        };
        Broker {
            id: record.broker_id,
            epoch: record.broker_epoch,
            incarnation_id: record.incarnation_id,
            endpoints: record.end_points.iter().map(endpoint).collect(),
            features: record.features.iter().map(range).collect(),
            rack: record.rack.as_ref().map(|rack| rack.to_string()),
            fenced: record.fenced,
            in_controlled_shutdown: record.in_controlled_shutdown,
            is_migrating_zk_broker: record.is_migrating_zk_broker,
            log_dirs: record.log_dirs.clone(),
            cordoned_log_dirs: record.cordoned_log_dirs.clone(),
        }
    }

    /// The record that makes this registration.
    pub fn to_record(&self) -> RegisterBrokerRecord<'static> {
        let endpoint = |e: &Endpoint| of_broker::BrokerEndpoint {
            name: e.listener.clone().into(),
            host: e.host.clone().into(),
            port: e.port,
            security_protocol: e.security_protocol,
            ..Default::default()
        };
        let feature = |f: &VersionRange| of_broker::BrokerFeature {
            name: f.feature.clone().into(),
            min_supported_version: f.min,
            max_supported_version: f.max,
            ..Default::default()
        };
        RegisterBrokerRecord {
            broker_id: self.id,
            is_migrating_zk_broker: self.is_migrating_zk_broker,
            incarnation_id: self.incarnation_id,
            broker_epoch: self.epoch,
            end_points: self.endpoints.iter().map(endpoint).collect(),
            features: self.features.iter().map(feature).collect(),
            rack: self.rack.clone().map(Into::into),
            fenced: self.fenced,
            in_controlled_shutdown: self.in_controlled_shutdown,
            log_dirs: self.log_dirs.clone(),
            cordoned_log_dirs: self.cordoned_log_dirs.clone(),
            ..Default::default()
        }
    }
}

impl Controller {
    pub(crate) fn of_record(record: &RegisterControllerRecord<'_>) -> Controller {
        let endpoint = |e: &of_controller::ControllerEndpoint<'_>| Endpoint {
            listener: e.name.to_string(),
            host: e.host.to_string(),
            port: e.port,
            security_protocol: e.security_protocol,
        };
        let range = |f: &of_controller::ControllerFeature<'_>| VersionRange {
            feature: f.name.to_string(),
            min: f.min_supported_version,
            max: f.max_supported_version,
        };
        Controller {
            id: record.controller_id,
            incarnation_id: record.incarnation_id,
            zk_migration_ready: record.zk_migration_ready,
            endpoints: record.end_points.iter().map(endpoint).collect(),
            features: record.features.iter().map(range).collect(),
        }
    }

    /// The record that makes this registration (3.7-IV0 and later).
    pub fn to_record(&self) -> RegisterControllerRecord<'static> {
        let endpoint = |e: &Endpoint| of_controller::ControllerEndpoint {
            name: e.listener.clone().into(),
            host: e.host.clone().into(),
            port: e.port,
            security_protocol: e.security_protocol,
            ..Default::default()
        };
        let feature = |f: &VersionRange| of_controller::ControllerFeature {
            name: f.feature.clone().into(),
            min_supported_version: f.min,
            max_supported_version: f.max,
            ..Default::default()
        };
        RegisterControllerRecord {
            controller_id: self.id,
            incarnation_id: self.incarnation_id,
            zk_migration_ready: self.zk_migration_ready,
            end_points: self.endpoints.iter().map(endpoint).collect(),
            features: self.features.iter().map(feature).collect(),
            ..Default::default()
        }
    }
}
