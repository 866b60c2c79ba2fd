"""kafka-python against the broker at $BOOTSTRAP, which does not create topics by itself."""

import threading
import time

import kafka
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic
from kafka.errors import KafkaError, MessageSizeTooLargeError, TopicAlreadyExistsError
from kafka.structs import OffsetAndMetadata

from checks import bootstrap, check, equal, eventually, finish, raises

B = {"bootstrap_servers": bootstrap()}
admin = KafkaAdminClient(**B)


def create(name, partitions=1, **configs):
    admin.create_topics([NewTopic(name, num_partitions=partitions, replication_factor=1, topic_configs=configs)])


def produce(topic, values, **settings):
    producer = KafkaProducer(**{**B, **settings})
    try:
        sent = [producer.send(topic, value, partition=0) for value in values]
        producer.flush(20)
        return [future.get(20) for future in sent]
    finally:
        producer.close(5)


def take(consumer, count, seconds=20):
    records = []
    end = time.monotonic() + seconds
    while len(records) < count and time.monotonic() < end:
        for batch in consumer.poll(timeout_ms=200).values():
            records.extend(batch)
    equal(len(records), count)
    return records


def consume(topic, count, offset=0, **settings):
    consumer = KafkaConsumer(**{**B, "group_id": None, "enable_auto_commit": False, **settings})
    place = TopicPartition(topic, 0)
    consumer.assign([place])
    consumer.seek(place, offset)
    records = take(consumer, count)
    consumer.close()
    return records


def values(records):
    return [record.value for record in records]


def numbers(first, last):
    return [str(number).encode() for number in range(first, last + 1)]


print(f"# version {kafka.__version__}", flush=True)

with check("topics are created, listed, described"):
    create("kp-three", 3, **{"retention.ms": "100000"})
    eventually(lambda: "kp-three" in admin.list_topics())
    described = admin.describe_topics(["kp-three"])
    assert "kp-three" in str(described), described
with check("a topic that exists is refused"):
    raises(TopicAlreadyExistsError, lambda: create("kp-three"))
with check("configs are described"):
    answer = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "kp-three")])
    assert "100000" in str(answer), answer
with check("partitions are added"):
    admin.create_partitions({"kp-three": NewPartitions(5)})
    consumer = KafkaConsumer(**B)
    eventually(lambda: len(consumer.partitions_for_topic("kp-three") or ()) == 5 or consumer._client.cluster.request_update() and False)
    consumer.close()
with check("the cluster is described"):
    assert "127.0.0.1" in str(admin.describe_cluster())

for acks in (0, 1, "all"):
    with check(f"acks={acks}"):
        create(f"kp-acks-{acks}")
        produce(f"kp-acks-{acks}", numbers(1, 50), acks=acks, enable_idempotence=False)
        equal(values(consume(f"kp-acks-{acks}", 50)), numbers(1, 50))
for codec in (None, "gzip", "snappy", "lz4", "zstd"):
    with check(f"compression {codec}"):
        create(f"kp-codec-{codec}")
        produce(f"kp-codec-{codec}", numbers(1, 500), compression_type=codec, linger_ms=20)
        equal(values(consume(f"kp-codec-{codec}", 500)), numbers(1, 500))
with check("an idempotent producer"):
    create("kp-idempotent")
    placed = produce("kp-idempotent", numbers(1, 500), enable_idempotence=True, acks="all")
    equal([record.offset for record in placed], list(range(500)))
with check("keys, headers, timestamps, null values"):
    create("kp-full")
    producer = KafkaProducer(**B)
    producer.send("kp-full", b"v", b"k", headers=[("a", b"1"), ("a", b"2")], timestamp_ms=1700000000123)
    producer.send("kp-full", None, b"t", timestamp_ms=1700000001000)
    producer.flush(20)
    producer.close(5)
    first, second = consume("kp-full", 2)
    equal((first.key, first.value, first.timestamp), (b"k", b"v", 1700000000123))
    equal([tuple(header) for header in first.headers], [("a", b"1"), ("a", b"2")])
    equal((second.key, second.value), (b"t", None))
with check("from an offset"):
    equal(values(consume("kp-acks-all", 10, 40)), numbers(41, 50))
with check("offsets of the ends and of a time"):
    place = TopicPartition("kp-full", 0)
    consumer = KafkaConsumer(**B)
    equal((consumer.beginning_offsets([place])[place], consumer.end_offsets([place])[place]), (0, 2))
    equal(consumer.offsets_for_times({place: 1700000000500})[place].offset, 1)
    consumer.close()
with check("read_committed"):
    equal(values(consume("kp-codec-lz4", 500, isolation_level="read_committed")), numbers(1, 500))

GROUP = {**B, "auto_offset_reset": "earliest", "enable_auto_commit": False, "heartbeat_interval_ms": 300, "session_timeout_ms": 10000}


class Member:
    """A consumer on a thread of its own."""

    def __init__(self, group, topic, **settings):
        self.held, self.stop = set(), threading.Event()
        self.consumer = KafkaConsumer(topic, **{**GROUP, "group_id": group, **settings})
        self.thread = threading.Thread(target=self.loop)
        self.thread.start()

    def loop(self):
        while not self.stop.is_set():
            self.consumer.poll(timeout_ms=100)
            self.held = set(self.consumer.assignment())
        self.consumer.close()

    def leave(self):
        self.stop.set()
        self.thread.join()


with check("two members share, one takes over"):
    create("kp-shared", 4)
    one = Member("kp-g", "kp-shared")
    eventually(lambda: len(one.held) == 4)
    two = Member("kp-g", "kp-shared")
    eventually(lambda: (len(one.held), len(two.held)) == (2, 2))
    two.leave()
    eventually(lambda: len(one.held) == 4)
    one.leave()
with check("commits are kept, lag is known"):
    consumer = KafkaConsumer("kp-acks-all", **{**GROUP, "group_id": "kp-commits"})
    place = TopicPartition("kp-acks-all", 0)
    take(consumer, 50)
    consumer.commit({place: OffsetAndMetadata(30, "note", -1)})
    consumer.close()
    consumer = KafkaConsumer("kp-acks-all", **{**GROUP, "group_id": "kp-commits"})
    equal(values(take(consumer, 20)), numbers(31, 50))
    equal(consumer.committed(place), 30)
    equal(consumer.end_offsets([place])[place] - consumer.committed(place), 20)
    consumer.close()
with check("groups are listed, described, deleted"):
    assert "kp-commits" in str(eventually(lambda: admin.list_groups() if hasattr(admin, "list_groups") else admin.list_consumer_groups()))
    describe = getattr(admin, "describe_groups", None) or admin.describe_consumer_groups
    assert "kp-commits" in str(describe(["kp-commits"]))
    delete = getattr(admin, "delete_groups", None) or admin.delete_consumer_groups
    delete(["kp-commits"])
with check("a message that is too large is refused"):
    raises(MessageSizeTooLargeError, lambda: produce("kp-full", [b"x" * 1500000], max_request_size=4000000))
with check("an unknown topic is an error for a producer"):
    raises(KafkaError, lambda: produce("kp-nowhere", [b"x"], max_block_ms=1500))
with check("a transactional id is refused at once"):
    begun = time.monotonic()
    producer = KafkaProducer(**B, transactional_id="kp-tx")
    raises(KafkaError, producer.init_transactions)
    producer.close(2)
    assert time.monotonic() - begun < 10, f"after {time.monotonic() - begun:.1f} s"
with check("topics are deleted"):
    admin.delete_topics(["kp-three"])
    eventually(lambda: "kp-three" not in admin.list_topics())
admin.close()
finish()
