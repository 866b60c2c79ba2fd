//! Feature levels: the bootstrap of a new cluster, and UpdateFeatures (KIP-584, KIP-1022).

use crate::plan::{Plan, Record, Records, record};
use crate::{Controller, View};
use base::ErrorCode;
use metadata::{
    ConfigResource, ConfigResourceType, ELR_VERSION, FEATURES, Features, KRAFT_VERSION, METADATA_VERSION, VersionRange,
};
use protocol::{
    BeginTransactionRecord, ConfigRecord, EndTransactionRecord, FeatureLevelRecord, UpdateFeaturesRequest,
    UpdateFeaturesResponse, update_features_response,
};

const MIN_ISR: &str = "min.insync.replicas";

/// How far an update may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChangeType {
    Upgrade,
    SafeDowngrade,
    UnsafeDowngrade,
    Unknown,
}

/// What an update of features leads to.
pub struct FeaturesPlan {
    pub plan: Plan<UpdateFeaturesResponse<'static>>,
    /// `kraft.version` has no record among the others: whoever has the quorum writes it.
    pub raises_kraft_version: bool,
}

/// Levels that `format` writes by default, `kraft.version` aside: metadata.version first, then by name, those above 0. They
/// are served, so that a node of several starts on them.
pub fn default_feature_levels() -> Vec<(String, i16)> {
    let mut levels: Vec<_> = FEATURES.iter().filter(|f| f.name != KRAFT_VERSION && f.served > 0).collect();
    levels.sort_by_key(|f| (f.name != METADATA_VERSION, f.name));
    levels.into_iter().map(|f| (f.name.to_owned(), f.served)).collect()
}

/// The records of these levels.
pub fn feature_records(levels: &[(String, i16)]) -> Records {
    let level = |(name, level): &(String, i16)| FeatureLevelRecord {
        name: name.clone().into(),
        feature_level: *level,
        ..Default::default()
    };
    levels.iter().map(|pair| record(level(pair), 0)).collect()
}

/// What the first leader of a new cluster writes: the records of `bootstrap.checkpoint` in one metadata transaction,
/// and the cluster's min.insync.replicas where eligible leader replicas are on (KIP-966).
pub fn bootstrap_records(bootstrap: Vec<Record>, min_insync_replicas: i32) -> Records {
    let mut features = Features::default();
    for bootstrapped in &bootstrap {
        if let protocol::MetadataRecord::FeatureLevel(f) = &bootstrapped.value {
            features.set(&f.name, f.feature_level);
        }
    }
    let in_transaction = features.has_metadata_transactions();
    let with_elr = features.level(ELR_VERSION) >= 1;
    let mut records = Records::new();
    if in_transaction {
        let begin = BeginTransactionRecord { name: Some("Bootstrap records".into()), ..Default::default() };
        records.push(record(begin, 0));
    }
    records.extend(bootstrap);
    if with_elr {
        let config = ConfigRecord {
            resource_type: ConfigResourceType::Broker.code(),
            resource_name: "".into(),
            name: MIN_ISR.into(),
            value: Some(min_insync_replicas.to_string().into()),
            ..Default::default()
        };
        records.push(record(config, 0));
    }
    if in_transaction {
        records.push(record(EndTransactionRecord::default(), 0));
    }
    records
}

impl Controller {
    /// UpdateFeatures: all updates or none. `keeps_kraft_version` says why that level cannot be raised, if so.
    pub fn update_features(
        &self,
        view: View<'_>,
        request: &UpdateFeaturesRequest<'_>,
        keeps_kraft_version: Option<&str>,
    ) -> FeaturesPlan {
        let mut records = Records::new();
        let mut raises_kraft_version = false;
        let mut failure = None;
        let mut results = Vec::new();
        for update in &request.feature_updates {
            // Kafka's controller does not look at `allowDowngrade`, so version 0 only ever upgrades.
            let change = match update.upgrade_type {
                1 => ChangeType::Upgrade,
                2 => ChangeType::SafeDowngrade,
                3 => ChangeType::UnsafeDowngrade,
                _ => ChangeType::Unknown,
            };
            let outcome = self.update_feature(view, &update.feature, update.max_version_level, change);
            let (error, message) = match outcome {
                Ok(Some(change))
                    if change.name == KRAFT_VERSION
                        && let Some(why) = keeps_kraft_version =>
                {
                    let level = change.feature_level;
                    let message = format!("Invalid update version {level} for feature kraft.version. {why}");
                    failure.get_or_insert((ErrorCode::InvalidUpdateVersion, message.clone()));
                    (ErrorCode::InvalidUpdateVersion, Some(message))
                }
                Ok(Some(change)) if change.name == KRAFT_VERSION => {
                    raises_kraft_version = true;
                    (ErrorCode::None, None)
                }
                Ok(Some(change)) => {
                    if change.name == ELR_VERSION && view.image.features.level(ELR_VERSION) == 0 {
                        self.min_insync_replicas_of_the_cluster(view, &mut records);
                    }
                    records.push(record(change, 0));
                    (ErrorCode::None, None)
                }
                Ok(None) => (ErrorCode::None, None),
                Err((error, message)) => {
                    failure.get_or_insert((error, message.clone()));
                    (error, Some(message))
                }
            };
            results.push(update_features_response::UpdatableFeatureResult {
                feature: update.feature.to_string().into(),
                error_code: error.code(),
                // Kafka names the absence of an error.
                error_message: Some(message.unwrap_or_else(|| "NONE".to_owned()).into()),
                ..Default::default()
            });
        }
        let mut reply = UpdateFeaturesResponse { error_message: None, ..Default::default() };
        if let Some((error, message)) = failure {
            records.clear();
            raises_kraft_version = false;
            // One answer for the whole request (KIP-1022), also for clients that would look at the features'.
            reply.error_code = error.code();
            reply.error_message = Some(
                format!("The update failed for all features since the following feature had an error: {message}")
                    .into(),
            );
        } else {
            // For the old versions, which say it of each feature; the others have no such field.
            reply.results = results;
        }
        let plan = Plan { records, reply, validate_only: request.validate_only };
        FeaturesPlan { plan, raises_kraft_version }
    }

    /// With eligible leader replicas the controller goes by one `min.insync.replicas` for all brokers: those of single
    /// brokers go, and the cluster gets a default where it has none.
    fn min_insync_replicas_of_the_cluster(&self, view: View<'_>, records: &mut Records) {
        let of_broker = |resource: &ConfigResource| resource.kind == ConfigResourceType::Broker;
        let mut config = |resource: &ConfigResource, value: Option<String>| {
            let config = ConfigRecord {
                resource_type: resource.kind.code(),
                resource_name: resource.name.clone().into(),
                name: MIN_ISR.into(),
                value: value.map(Into::into),
                ..Default::default()
            };
            records.push(record(config, 0));
        };
        let all = ConfigResource::all_brokers();
        if !view.image.configs.get(&all).is_some_and(|configs| configs.contains_key(MIN_ISR)) {
            config(&all, Some(self.settings.min_insync_replicas.to_string()));
        }
        for (resource, configs) in view.image.configs.iter().filter(|(resource, _)| of_broker(resource)) {
            if *resource != all && configs.contains_key(MIN_ISR) {
                config(resource, None);
            }
        }
    }

    fn update_feature(
        &self,
        view: View<'_>,
        name: &str,
        level: i16,
        change: ChangeType,
    ) -> Result<Option<FeatureLevelRecord<'static>>, (ErrorCode, String)> {
        let invalid = |message: String| Err((ErrorCode::InvalidUpdateVersion, message));
        let current = match name {
            KRAFT_VERSION => self.settings.kraft_version,
            _ => view.image.features.level(name),
        };
        if change == ChangeType::Unknown {
            return invalid(format!(
                "Invalid update version {level} for feature {name}. The controller does not support the given upgrade type."
            ));
        }
        if level < 0 {
            return invalid(format!(
                "Invalid update version {level} for feature {name}. A feature version cannot be less than 0."
            ));
        }
        let Some(feature) = FEATURES.iter().find(|f| f.name == name) else {
            let why = match level {
                0 => format!("Feature {name} not found."),
                _ => format!("Local controller {} does not support this feature.", self.settings.node_id),
            };
            return invalid(format!("Invalid update version {level} for feature {name}. {why}"));
        };
        let (min, max) = (feature.min, feature.max(view.levels));
        if !(min..=max).contains(&level) {
            return invalid(format!(
                "Invalid update version {level} for feature {name}. Local controller {} only supports versions {min}-{max}",
                self.settings.node_id
            ));
        }
        if let Some(why) = self.who_lacks(view, name, level) {
            return invalid(format!("Invalid update version {level} for feature {name}. {why}"));
        }
        if level < current {
            if change == ChangeType::Upgrade {
                return invalid(format!(
                    "Invalid update version {level} for feature {name}. Can't downgrade the version of this feature \
                     without setting the upgrade type to either safe or unsafe downgrade."
                ));
            }
            if name == METADATA_VERSION {
                let why = match change {
                    ChangeType::UnsafeDowngrade => "Unsafe metadata downgrade is not supported in this version.",
                    _ if !metadata::loses_metadata(current, level) => "",
                    _ => "Refusing to perform the requested downgrade because it might delete metadata information.",
                };
                if !why.is_empty() {
                    return invalid(format!("Unsupported metadata.version downgrade from {current} to {level}. {why}"));
                }
            }
        }
        if level == current {
            return Ok(None);
        }
        if name == KRAFT_VERSION && level < current {
            let why = "Can't downgrade the version of this feature.";
            return invalid(format!("Invalid update version {level} for feature kraft.version. {why}"));
        }
        Ok(Some(FeatureLevelRecord { name: name.to_owned().into(), feature_level: level, ..Default::default() }))
    }

    /// The first node beside this one that has registered without this level, as Kafka says it. What a node does not name it
    /// has at level 0.
    fn who_lacks(&self, view: View<'_>, name: &str, level: i16) -> Option<String> {
        let image = view.image;
        let lacks = |ranges: &[VersionRange]| match ranges.iter().find(|range| range.feature == name) {
            Some(range) if (range.min..=range.max).contains(&level) => None,
            Some(range) => Some(format!("only supports versions {}-{}", range.min, range.max)),
            None => (level != 0).then(|| "does not support this feature.".to_owned()),
        };
        let brokers = image.brokers.values().map(|broker| ("Broker", broker.id, lacks(&broker.features)));
        let others = image.controllers.values().filter(|other| other.id != self.settings.node_id);
        let controllers = others.map(|controller| ("Controller", controller.id, lacks(&controller.features)));
        let mut all = brokers.chain(controllers);
        all.find_map(|(kind, id, why)| why.map(|why| format!("{kind} {id} {why}")))
    }
}
