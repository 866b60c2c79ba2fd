//! The coordinators of groups.

use super::Target;
use super::cell::Host;
use base::{Now, PartitionIndex, SplitMix64, TopicId};
use coordinator::{Effects, Input, Log, Runtime};
use group::{GroupResponse, GroupSettings, Shard, Topics};
use metadata::Image;

pub(super) struct Groups {
    pub settings: GroupSettings,
    /// Of the member ids that the shard gives.
    pub seed: u64,
}

impl Host for Groups {
    type Machine = Shard;
    type Caller = Target;

    fn machine(&self) -> Shard {
        Shard::new(self.settings.clone(), Box::new(SplitMix64(self.seed)))
    }

    fn step(
        runtime: &mut Runtime<Shard, Target>,
        now: Now,
        input: Input<Shard, Target>,
        image: &Image,
        log: &mut dyn Log,
    ) -> Effects<Shard, Target> {
        runtime.step(now, input, &ImageTopics(image), log)
    }

    fn answer(target: Target, response: GroupResponse) {
        target.send(response);
    }
}

struct ImageTopics<'a>(&'a Image);

impl Topics for ImageTopics<'_> {
    fn name(&self, id: TopicId) -> Option<String> {
        self.0.topic(id).map(|topic| topic.name.clone())
    }

    fn id(&self, name: &str) -> Option<TopicId> {
        self.0.topic_id(name)
    }

    fn has_partition(&self, topic: &str, partition: PartitionIndex) -> bool {
        self.0.topic_by_name(topic).is_some_and(|topic| topic.partitions.contains_key(&partition))
    }
}
