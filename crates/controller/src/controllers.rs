//! Registration of controllers (KIP-919): who they are, where they are reached, what they support.

use crate::plan::{Plan, Record, Records};
use crate::{Controller, View};
use base::{ErrorCode, Uuid};
use metadata::{Levels, VersionRange};
use protocol::{
    ControllerRegistrationRequest, ControllerRegistrationResponse, RegisterControllerRecord,
    controller_registration_request,
};

impl Controller {
    /// ControllerRegistration (KIP-919): a controller that does not lead makes itself known.
    pub fn register_controller(
        &self,
        view: View<'_>,
        request: &ControllerRegistrationRequest<'_>,
    ) -> Plan<ControllerRegistrationResponse<'static>> {
        let refuse = |error: ErrorCode, message: String| {
            let error_message = Some(message.into());
            Plan::answer(ControllerRegistrationResponse {
                error_code: error.code(),
                error_message,
                ..Default::default()
            })
        };
        if !view.image.features.controllers_register() {
            let message = "The current MetadataVersion is too old to support controller registrations.".to_owned();
            return refuse(ErrorCode::UnsupportedVersion, message);
        }
        let range = |f: &controller_registration_request::Feature<'_>| VersionRange {
            feature: f.name.to_string(),
            min: f.min_supported_version,
            max: f.max_supported_version,
        };
        let features: Vec<VersionRange> = request.features.iter().map(range).collect();
        for (feature, level) in view.image.features.iter() {
            let supported = features.iter().find(|range| range.feature == feature);
            // What a controller does not name it has at level 0.
            let is_served = supported.map_or(level == 0, |range| (range.min..=range.max).contains(&level));
            if !is_served {
                return refuse(
                    ErrorCode::UnsupportedVersion,
                    format!("Controller {} does not support {feature} {level}.", request.controller_id),
                );
            }
        }
        let endpoint = |e: &controller_registration_request::Listener<'_>| metadata::Endpoint {
            listener: e.name.to_string(),
            host: e.host.to_string(),
            port: e.port,
            security_protocol: e.security_protocol,
        };
        let registration = metadata::Controller {
            id: request.controller_id,
            incarnation_id: request.incarnation_id,
            zk_migration_ready: request.zk_migration_ready,
            endpoints: request.listeners.iter().map(endpoint).collect(),
            features,
        };
        let record = Record { value: registration.to_record().into(), version: 0 };
        Plan::new(Records::from([record]), ControllerRegistrationResponse::default())
    }

    /// The record by which a controller makes itself known (3.7-IV0 and later).
    pub fn register_self(
        &self,
        incarnation_id: Uuid,
        endpoints: &[metadata::Endpoint],
        levels: Levels,
    ) -> RegisterControllerRecord<'static> {
        let registration = metadata::Controller {
            id: self.settings.node_id,
            incarnation_id,
            zk_migration_ready: false,
            endpoints: endpoints.to_vec(),
            features: VersionRange::of(levels),
        };
        registration.to_record()
    }
}
