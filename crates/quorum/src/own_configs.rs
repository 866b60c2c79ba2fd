//! Changes of broker configs, judged by the broker that was asked: by its own file, role and listeners, which the
//! controller does not know. As in Kafka it says no before the request goes on; the cluster's defaults are judged by
//! whichever broker was asked. A controller's listener judges nothing so.

use crate::describe_configs::{Failure, NodeConfigs};
use base::{ErrorCode, NodeId};
use config::{Change, Layer, Resource};

impl NodeConfigs<'_> {
    /// Why this node does not take changes of the broker configs under a name, if it does not; `None` for changes whose
    /// operation does not exist.
    pub(crate) fn refuses<'a>(&'a self, name: &str, changes: Option<Vec<Change<'a>>>) -> Option<Failure> {
        let layer = if name.is_empty() { Layer::ClusterDefault } else { Layer::Broker };
        if layer == Layer::Broker
            && let Err(message) = self.is_addressed(name)
        {
            return Some((ErrorCode::InvalidRequest, message));
        }
        // An operation that does not exist is the controller's to refuse.
        let elr = self.image.features.keeps_eligible_leaders();
        let error = config::alter_broker(&self.layers, layer, &changes?, elr).err()?;
        Some((error.code(Resource::Broker), error.to_string()))
    }

    fn is_addressed(&self, name: &str) -> Result<(), String> {
        match name.parse::<NodeId>() {
            Err(_) => Err(format!("Node id must be an integer, but it is: {name}")),
            Ok(id) if id == self.node_id => Ok(()),
            Ok(id) => Err(format!("Unexpected broker id, expected {}, but received {id}", self.node_id)),
        }
    }

    /// The dynamic configs of the layer that a name means.
    pub(crate) fn of_layer(&self, name: &str) -> &std::collections::BTreeMap<String, String> {
        if name.is_empty() { &self.layers.cluster_defaults } else { &self.layers.own }
    }
}
