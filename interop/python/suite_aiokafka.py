"""aiokafka against the broker at $BOOTSTRAP, which does not create topics by itself."""

import asyncio
import time

import aiokafka
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from checks import bootstrap, check, equal, finish

B = {"bootstrap_servers": bootstrap()}


async def create(admin, name, partitions=1, configs=None):
    answer = await admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs)])
    for error in answer.topic_errors:
        if error[1]:
            raise AssertionError(error)


async def produce(topic, values, **settings):
    producer = AIOKafkaProducer(**{**B, **settings})
    await producer.start()
    try:
        sent = [await producer.send(topic, value, partition=0) for value in values]
        return [await asyncio.wait_for(future, 20) for future in sent]
    finally:
        await producer.stop()


async def take(consumer, count, seconds=20):
    records = []
    end = time.monotonic() + seconds
    while len(records) < count and time.monotonic() < end:
        for batch in (await consumer.getmany(timeout_ms=200)).values():
            records.extend(batch)
    equal(len(records), count)
    return records


async def consume(topic, count, offset=0, **settings):
    consumer = AIOKafkaConsumer(**{**B, "enable_auto_commit": False, **settings})
    place = TopicPartition(topic, 0)
    await consumer.start()
    try:
        consumer.assign([place])
        consumer.seek(place, offset)
        return await take(consumer, count)
    finally:
        await consumer.stop()


async def eventually(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s")
        await asyncio.sleep(0.05)


def values(records):
    return [record.value for record in records]


def numbers(first, last):
    return [str(number).encode() for number in range(first, last + 1)]


class Member:
    """A consumer in a task of its own."""

    def __init__(self, group, topic, **settings):
        self.consumer = AIOKafkaConsumer(topic, **{**B, "group_id": group, "auto_offset_reset": "earliest", "enable_auto_commit": False,
                                                   "heartbeat_interval_ms": 300, "session_timeout_ms": 10000, **settings})

    async def start(self):
        await self.consumer.start()
        self.task = asyncio.create_task(self.loop())
        return self

    async def loop(self):
        while True:
            await self.consumer.getmany(timeout_ms=100)

    def count(self):
        return len(self.consumer.assignment())

    async def leave(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.consumer.stop()


async def refused(kind, work):
    try:
        await work
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


async def main():
    print(f"# version {aiokafka.__version__}", flush=True)
    admin = AIOKafkaAdminClient(**B)
    await admin.start()
    with check("topics are created, listed, described"):
        await create(admin, "ai-three", 3, {"retention.ms": "100000"})
        assert "ai-three" in await admin.list_topics()
        described = await admin.describe_topics(["ai-three"])
        equal(len(described[0]["partitions"]), 3)
    with check("configs are described"):
        assert "100000" in str(await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "ai-three")]))
    for acks in (0, 1, "all"):
        with check(f"acks={acks}"):
            await create(admin, f"ai-acks-{acks}")
            await produce(f"ai-acks-{acks}", numbers(1, 50), acks=acks)
            equal(values(await consume(f"ai-acks-{acks}", 50)), numbers(1, 50))
    for codec in (None, "gzip", "snappy", "lz4", "zstd"):
        with check(f"compression {codec}"):
            await create(admin, f"ai-codec-{codec}")
            await produce(f"ai-codec-{codec}", numbers(1, 500), compression_type=codec, linger_ms=20)
            equal(values(await consume(f"ai-codec-{codec}", 500)), numbers(1, 500))
    with check("an idempotent producer"):
        await create(admin, "ai-idempotent")
        placed = await produce("ai-idempotent", numbers(1, 500), enable_idempotence=True)
        equal([record.offset for record in placed], list(range(500)))
    with check("keys, headers, timestamps, null values"):
        await create(admin, "ai-full")
        producer = AIOKafkaProducer(**B)
        await producer.start()
        await producer.send_and_wait("ai-full", b"v", b"k", headers=[("a", b"1"), ("a", b"2")], timestamp_ms=1700000000123)
        await producer.send_and_wait("ai-full", None, b"t", timestamp_ms=1700000001000)
        await producer.stop()
        first, second = await consume("ai-full", 2)
        equal((first.key, first.value, first.timestamp, list(first.headers)), (b"k", b"v", 1700000000123, [("a", b"1"), ("a", b"2")]))
        equal((second.key, second.value), (b"t", None))
    with check("from an offset"):
        equal(values(await consume("ai-acks-all", 10, 40)), numbers(41, 50))
    with check("offsets of the ends and of a time"):
        place = TopicPartition("ai-full", 0)
        consumer = AIOKafkaConsumer(**B)
        await consumer.start()
        equal(((await consumer.beginning_offsets([place]))[place], (await consumer.end_offsets([place]))[place]), (0, 2))
        equal((await consumer.offsets_for_times({place: 1700000000500}))[place].offset, 1)
        await consumer.stop()
    with check("read_committed"):
        equal(values(await consume("ai-codec-lz4", 500, isolation_level="read_committed")), numbers(1, 500))
    with check("two members share, one takes over"):
        await create(admin, "ai-shared", 4)
        one = await Member("ai-g", "ai-shared").start()
        await eventually(lambda: one.count() == 4)
        two = await Member("ai-g", "ai-shared").start()
        await eventually(lambda: (one.count(), two.count()) == (2, 2))
        await two.leave()
        await eventually(lambda: one.count() == 4)
        await one.leave()
    with check("a static member"):
        member = await Member("ai-static", "ai-shared", group_instance_id="i1").start()
        await eventually(lambda: member.count() == 4)
        assert "i1" in str(await admin.describe_consumer_groups(["ai-static"]))
        await member.leave()
    with check("commits are kept, lag is known"):
        place = TopicPartition("ai-acks-all", 0)
        settings = {**B, "group_id": "ai-commits", "auto_offset_reset": "earliest", "enable_auto_commit": False}
        consumer = AIOKafkaConsumer("ai-acks-all", **settings)
        await consumer.start()
        await take(consumer, 50)
        await consumer.commit({place: (30, "note")})
        await consumer.stop()
        consumer = AIOKafkaConsumer("ai-acks-all", **settings)
        await consumer.start()
        equal(values(await take(consumer, 20)), numbers(31, 50))
        equal((await consumer.end_offsets([place]))[place] - await consumer.committed(place), 20)
        await consumer.stop()
        offsets = await admin.list_consumer_group_offsets("ai-commits")
        equal((offsets[place].offset, offsets[place].metadata), (30, "note"))
    with check("groups are listed and described"):
        assert ("ai-commits", "consumer") in await admin.list_consumer_groups()
        assert "ai-commits" in str(await admin.describe_consumer_groups(["ai-commits"]))
    with check("a message that is too large is refused"):
        await refused(MessageSizeTooLargeError, produce("ai-full", [b"x" * 1500000], max_request_size=4000000))
    with check("a transactional id is refused at once"):
        begun = time.monotonic()
        producer = AIOKafkaProducer(**B, transactional_id="ai-tx")
        await refused((KafkaError, asyncio.TimeoutError), asyncio.wait_for(producer.start(), 15))
        await producer.stop()
        assert time.monotonic() - begun < 10, f"after {time.monotonic() - begun:.1f} s"
    with check("topics are deleted"):
        await admin.delete_topics(["ai-three"])
        assert "ai-three" not in await admin.list_topics()
    await admin.close()


asyncio.run(main())
finish()
