"""confluent-kafka (a recent librdkafka) against the broker at $BOOTSTRAP, which does not create topics by itself."""

import threading
import time

import confluent_kafka as ck
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

from checks import bootstrap, check, equal, eventually, finish, raises

B = {"bootstrap.servers": bootstrap()}
admin = AdminClient(B)


def done(futures):
    return {key: future.result(20) for key, future in futures.items()}


def create(name, partitions=1, **config):
    done(admin.create_topics([NewTopic(name, partitions, 1, config=config)]))


def produce(topic, values, partition=0, **settings):
    producer = ck.Producer({**B, **settings})
    reports = []
    for value in values:
        producer.produce(topic, value, partition=partition, callback=lambda error, message: reports.append((error, message)))
        producer.poll(0)
    equal(producer.flush(20), 0)
    for error, _ in reports:
        if error:
            raise ck.KafkaException(error)
    return [message.offset() for _, message in reports]


def consume(topic, count, offset=ck.OFFSET_BEGINNING, partition=0, **settings):
    consumer = ck.Consumer({**B, "group.id": "none", "enable.auto.commit": False, **settings})
    consumer.assign([ck.TopicPartition(topic, partition, offset)])
    messages = take(consumer, count)
    consumer.close()
    return messages


def take(consumer, count, seconds=20):
    messages = []
    end = time.monotonic() + seconds
    while len(messages) < count and time.monotonic() < end:
        message = consumer.poll(0.2)
        if message is None:
            continue
        if message.error():
            raise ck.KafkaException(message.error())
        messages.append(message)
    equal(len(messages), count)
    return messages


def values(messages):
    return [message.value() for message in messages]


def numbers(first, last):
    return [str(number).encode() for number in range(first, last + 1)]


print(f"# version {ck.__version__} (librdkafka {ck.libversion()[0]})", flush=True)

with check("topics are created"):
    create("plain", 1)
    create("three", 3, **{"retention.ms": "100000"})
with check("topics are listed"):
    topics = eventually(lambda: (t := admin.list_topics(timeout=10).topics) and "three" in t and t)
    equal(sorted(topics["three"].partitions), [0, 1, 2])
    equal(topics["three"].partitions[1].leader, 1)
with check("topics are described"):
    described = done(admin.describe_topics(ck.TopicCollection(["three"])))["three"]
    equal((described.name, len(described.partitions), described.is_internal), ("three", 3, False))
with check("a topic that exists is refused"):
    error = raises(ck.KafkaException, lambda: create("plain"))
    equal(error.args[0].code(), ck.KafkaError.TOPIC_ALREADY_EXISTS)
with check("an invalid name, number of partitions, config are refused"):
    equal(raises(ck.KafkaException, lambda: create("a/b")).args[0].code(), ck.KafkaError.TOPIC_EXCEPTION)
    equal(raises(ck.KafkaException, lambda: create("x", 0)).args[0].code(), ck.KafkaError.INVALID_PARTITIONS)
    equal(raises(ck.KafkaException, lambda: create("x", **{"retention.ms": "soon"})).args[0].code(), ck.KafkaError.INVALID_CONFIG)
with check("partitions are added"):
    create("grows", 1)
    done(admin.create_partitions([NewPartitions("grows", 4)]))
    eventually(lambda: len(admin.list_topics("grows", timeout=10).topics["grows"].partitions) == 4)
with check("configs are described"):
    resource = ConfigResource(ResourceType.TOPIC, "three")
    equal(done(admin.describe_configs([resource]))[resource]["retention.ms"].value, "100000")
with check("configs are altered incrementally"):
    entry = ConfigEntry("retention.ms", "200000", incremental_operation=AlterConfigOpType.SET)
    done(admin.incremental_alter_configs([ConfigResource(ResourceType.TOPIC, "three", incremental_configs=[entry])]))
    eventually(lambda: done(admin.describe_configs([resource]))[resource]["retention.ms"].value == "200000")
with check("configs of the broker are described"):
    broker = ConfigResource(ResourceType.BROKER, "1")
    equal(done(admin.describe_configs([broker]))[broker]["auto.create.topics.enable"].value, "false")
with check("the cluster is described"):
    cluster = admin.describe_cluster().result(20)
    equal(([node.id for node in cluster.nodes], cluster.controller.id), ([1], 1))

for acks in ("0", "1", "all"):
    with check(f"acks={acks}"):
        create(f"acks-{acks}")
        produce(f"acks-{acks}", numbers(1, 50), acks=acks)
        equal(values(consume(f"acks-{acks}", 50)), numbers(1, 50))
for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
    with check(f"compression {codec}"):
        create(f"codec-{codec}")
        produce(f"codec-{codec}", numbers(1000, 1999), **{"compression.type": codec, "linger.ms": 20})
        equal(values(consume(f"codec-{codec}", 1000)), numbers(1000, 1999))
for codec in ("gzip", "snappy", "lz4", "zstd", "uncompressed"):
    with check(f"a topic that is kept in {codec}"):
        create(f"kept-{codec}", **{"compression.type": codec})
        produce(f"kept-{codec}", numbers(1, 500), **{"compression.type": "lz4", "linger.ms": 20})
        equal(values(consume(f"kept-{codec}", 500)), numbers(1, 500))
with check("an idempotent producer"):
    create("idempotent")
    offsets = produce("idempotent", numbers(1, 2000), **{"enable.idempotence": True, "linger.ms": 1})
    equal(offsets, list(range(2000)))
    equal(values(consume("idempotent", 2000)), numbers(1, 2000))
with check("keys, headers, timestamps, null values"):
    create("full")
    producer = ck.Producer(B)
    producer.produce("full", b"v", b"k", headers=[("a", b"1"), ("a", b"2"), ("n", None)], timestamp=1700000000123)
    producer.produce("full", None, b"tombstone", timestamp=1700000001000)
    equal(producer.flush(20), 0)
    first, second = consume("full", 2)
    equal((first.key(), first.value(), first.timestamp()), (b"k", b"v", (ck.TIMESTAMP_CREATE_TIME, 1700000000123)))
    equal(first.headers(), [("a", b"1"), ("a", b"2"), ("n", None)])
    equal((second.key(), second.value()), (b"tombstone", None))
with check("log append time"):
    create("appended", **{"message.timestamp.type": "LogAppendTime"})
    producer = ck.Producer(B)
    producer.produce("appended", b"v", timestamp=1700000000123)
    producer.flush(20)
    kind, stamp = consume("appended", 1)[0].timestamp()
    equal(kind, ck.TIMESTAMP_LOG_APPEND_TIME)
    assert abs(stamp - time.time() * 1000) < 60000, stamp

produce("plain", numbers(1, 100))
with check("from an offset"):
    equal(values(consume("plain", 10, 90)), numbers(91, 100))
with check("watermarks"):
    consumer = ck.Consumer({**B, "group.id": "w"})
    equal(consumer.get_watermark_offsets(ck.TopicPartition("plain", 0), timeout=10), (0, 100))
    consumer.close()
with check("offsets by timestamp"):
    consumer = ck.Consumer({**B, "group.id": "w"})
    found = consumer.offsets_for_times([ck.TopicPartition("full", 0, 1700000000500)], timeout=10)
    equal(found[0].offset, 1)
    found = consumer.offsets_for_times([ck.TopicPartition("full", 0, 1800000000000)], timeout=10)
    equal(found[0].offset, ck.OFFSET_END)
    consumer.close()
with check("offsets are listed by the admin client"):
    place = ck.TopicPartition("full", 0)
    for spec, want in ((OffsetSpec.earliest(), 0), (OffsetSpec.latest(), 2), (OffsetSpec.max_timestamp(), 1)):
        equal(done(admin.list_offsets({place: spec}))[place].offset, want)
with check("an empty partition and the end"):
    create("empty")
    ended = []
    consumer = ck.Consumer({**B, "group.id": "e", "enable.partition.eof": True})
    consumer.assign([ck.TopicPartition("empty", 0, 0)])
    eventually(lambda: (m := consumer.poll(0.2)) and m.error() and m.error().code() == ck.KafkaError._PARTITION_EOF)
    consumer.close()
with check("an offset out of range goes to the beginning"):
    equal(values(consume("plain", 1, 5000, **{"auto.offset.reset": "earliest"})), [b"1"])

GROUP = {**B, "auto.offset.reset": "earliest", "enable.auto.commit": False, "session.timeout.ms": 10000}


class Member:
    """A consumer on a thread of its own."""

    def __init__(self, group, topics, **settings):
        self.consumer = ck.Consumer({**GROUP, "group.id": group, **settings})
        self.held, self.seen, self.stop = [], [], threading.Event()
        self.consumer.subscribe(topics, on_assign=self.assigned, on_revoke=self.revoked, on_lost=self.revoked)
        self.thread = threading.Thread(target=self.loop)
        self.thread.start()

    def assigned(self, consumer, partitions):
        self.held = sorted({*self.held, *((p.topic, p.partition) for p in partitions)})

    def revoked(self, consumer, partitions):
        gone = {(p.topic, p.partition) for p in partitions}
        self.held = [place for place in self.held if place not in gone]

    def loop(self):
        while not self.stop.is_set():
            message = self.consumer.poll(0.1)
            if message and not message.error():
                self.seen.append((message.partition(), message.offset()))

    def leave(self):
        self.stop.set()
        self.thread.join()
        self.consumer.close()


create("shared", 4)
for strategy in ("range", "roundrobin", "cooperative-sticky"):
    with check(f"two members share the partitions, and one takes all when the other leaves ({strategy})"):
        settings = {"partition.assignment.strategy": strategy}
        one = Member(f"share-{strategy}", ["shared"], **settings)
        try:
            eventually(lambda: len(one.held) == 4)
            two = Member(f"share-{strategy}", ["shared"], **settings)
            try:
                eventually(lambda: (len(one.held), len(two.held)) == (2, 2))
                equal(sorted(one.held + two.held), [("shared", n) for n in range(4)])
            finally:
                two.leave()
            eventually(lambda: len(one.held) == 4)
        finally:
            one.leave()
with check("commits are kept for the next member"):
    consumer = ck.Consumer({**GROUP, "group.id": "commits"})
    consumer.subscribe(["plain"])
    equal(values(take(consumer, 40)), numbers(1, 40))
    consumer.commit(offsets=[ck.TopicPartition("plain", 0, 40, metadata="note")], asynchronous=False)
    consumer.close()
    consumer = ck.Consumer({**GROUP, "group.id": "commits"})
    committed = consumer.committed([ck.TopicPartition("plain", 0)], timeout=10)[0]
    equal((committed.offset, committed.metadata), (40, "note"))
    consumer.subscribe(["plain"])
    equal(values(take(consumer, 60)), numbers(41, 100))
    consumer.commit(asynchronous=False)
    consumer.close()
with check("lag is what the end is ahead of the commit"):
    produce("plain", numbers(101, 107))
    offsets = admin.list_consumer_group_offsets([ck.ConsumerGroupTopicPartitions("commits")])
    committed = done(offsets)["commits"].topic_partitions[0]
    place = ck.TopicPartition("plain", 0)
    equal(done(admin.list_offsets({place: OffsetSpec.latest()}))[place].offset - committed.offset, 7)
with check("offsets are altered"):
    alter = ck.ConsumerGroupTopicPartitions("commits", [ck.TopicPartition("plain", 0, 5)])
    done(admin.alter_consumer_group_offsets([alter]))
    consumer = ck.Consumer({**GROUP, "group.id": "commits"})
    consumer.subscribe(["plain"])
    equal(values(take(consumer, 3)), numbers(6, 8))
    consumer.close()
with check("groups are listed and described"):
    listed = admin.list_consumer_groups().result(20)
    assert "commits" in [group.group_id for group in listed.valid], listed.valid
    described = done(admin.describe_consumer_groups(["commits"]))["commits"]
    equal((described.state, len(described.members)), (ck.ConsumerGroupState.EMPTY, 0))
with check("a static member comes back without a rebalance"):
    settings = {"group.instance.id": "s1", "session.timeout.ms": 30000}
    first = Member("static", ["shared"], **settings)
    eventually(lambda: len(first.held) == 4)
    other = Member("static", ["shared"], **{**settings, "group.instance.id": "s2"})
    eventually(lambda: len(first.held) == 2 and len(other.held) == 2)
    held = list(other.held)
    first.leave()
    time.sleep(1)
    equal(other.held, held)
    first = Member("static", ["shared"], **settings)
    eventually(lambda: len(first.held) == 2)
    equal(other.held, held)
    described = done(admin.describe_consumer_groups(["static"]))["static"]
    equal(sorted(member.group_instance_id for member in described.members), ["s1", "s2"])
    first.leave()
    other.leave()
with check("a group is deleted"):
    done(admin.delete_consumer_groups(["commits"]))
    assert "commits" not in [group.group_id for group in admin.list_consumer_groups().result(20).valid]
with check("a group that has members is not deleted"):
    member = Member("busy", ["shared"])
    eventually(lambda: len(member.held) == 4)
    try:
        error = raises(ck.KafkaException, lambda: done(admin.delete_consumer_groups(["busy"])))
        equal(error.args[0].code(), ck.KafkaError.NON_EMPTY_GROUP)
    finally:
        member.leave()
with check("records are deleted"):
    place = ck.TopicPartition("plain", 0, 50)
    equal(done(admin.delete_records([place]))[place].low_watermark, 50)
    equal(values(consume("plain", 1))[0], b"51")

with check("an unknown topic is an error for a producer"):
    error = raises(ck.KafkaException, lambda: produce("nowhere", [b"x"], **{"message.timeout.ms": 5000, "topic.metadata.propagation.max.ms": 500}))
    assert error.args[0].code() in (ck.KafkaError.UNKNOWN_TOPIC_OR_PART, ck.KafkaError._UNKNOWN_TOPIC), error
with check("an unknown topic is an error for a consumer"):
    consumer = ck.Consumer({**GROUP, "group.id": "nobody"})
    consumer.subscribe(["nowhere"])
    message = eventually(lambda: consumer.poll(0.2))
    equal(message.error().code(), ck.KafkaError.UNKNOWN_TOPIC_OR_PART)
    consumer.close()
with check("a message that is too large is refused by the broker"):
    error = raises(ck.KafkaException, lambda: produce("plain", [b"x" * 1500000], **{"message.max.bytes": 4000000}))
    equal(error.args[0].code(), ck.KafkaError.MSG_SIZE_TOO_LARGE)
with check("a topic's own limit is kept"):
    create("small", **{"max.message.bytes": "1000"})
    error = raises(ck.KafkaException, lambda: produce("small", [b"x" * 2000]))
    equal(error.args[0].code(), ck.KafkaError.MSG_SIZE_TOO_LARGE)
with check("a transactional id is refused at once and for good"):
    producer = ck.Producer({**B, "transactional.id": "t", "transaction.timeout.ms": 10000})
    begun = time.monotonic()
    error = raises(ck.KafkaException, lambda: producer.init_transactions(15))
    assert time.monotonic() - begun < 5, f"after {time.monotonic() - begun:.1f} s: {error}"
    assert not error.args[0].retriable(), error
with check("read_committed"):
    equal(values(consume("codec-lz4", 1000, **{"isolation.level": "read_committed"})), numbers(1000, 1999))
with check("topics are deleted"):
    done(admin.delete_topics(["plain", "three", "grows"]))
    eventually(lambda: "three" not in admin.list_topics(timeout=10).topics)
    error = raises(ck.KafkaException, lambda: done(admin.delete_topics(["three"])))
    equal(error.args[0].code(), ck.KafkaError.UNKNOWN_TOPIC_OR_PART)
with check("a topic that is made again is empty"):
    create("plain")
    produce("plain", [b"new"])
    equal(values(consume("plain", 1)), [b"new"])
finish()
