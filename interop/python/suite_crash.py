"""kill -9 of a broker ($OTTLA) at random moments under load by librdkafka: after each start on the same folder nothing that was
acknowledged is gone, offsets are unique and ordered, idempotent writes are there once, and committed offsets are kept."""

import os
import random
import signal
import subprocess
import threading
import time
import urllib.request

import confluent_kafka as ck
from confluent_kafka.admin import AdminClient, NewTopic

from checks import check, equal, eventually, finish

PORT = int(os.environ["BASE_PORT"])
B = {"bootstrap.servers": f"127.0.0.1:{PORT}"}
KILLS = int(os.environ.get("KILLS", "6"))
PARTITIONS = 3
seed = int(os.environ.get("SEED", time.time_ns() % 100000))
dice = random.Random(seed)
scratch = os.environ["SCRATCH"]
print(f"# version librdkafka {ck.libversion()[0]}, seed {seed}", flush=True)


def start():
    log = open(f"{scratch}/broker.log", "ab")
    settings = ("offsets.topic.num.partitions=4", "group.initial.rebalance.delay.ms=0", "log.segment.bytes=1048576")
    overrides = [part for setting in settings for part in ("--override", setting)]
    command = [os.environ["OTTLA"], "server", "--data-dir", f"{scratch}/data", "--port", str(PORT), *overrides]
    broker = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0)

    def ready():
        if broker.poll() is not None:
            raise AssertionError(f"the broker ended: {open(f'{scratch}/broker.log').read()[-1500:]}")
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{PORT + 2}/ready", timeout=2).status == 200
        except OSError:
            return False

    try:
        eventually(ready, 30)
    except BaseException:
        broker.kill()
        raise
    return broker


class Load:
    """A producer on a thread of its own; remembers what was acknowledged, and where."""

    def __init__(self, topic, **settings):
        self.topic, self.acknowledged, self.sent, self.stop = topic, {}, 0, threading.Event()
        self.producer = ck.Producer({**B, "linger.ms": 2, "message.timeout.ms": 60000, "retry.backoff.ms": 50,
                                     "reconnect.backoff.max.ms": 200, **settings})
        self.thread = threading.Thread(target=self.loop)
        self.thread.start()

    def delivered(self, error, message):
        if error is None:
            self.acknowledged[message.value()] = (message.partition(), message.offset())

    def loop(self):
        while not self.stop.is_set():
            try:
                value = f"{self.topic}-{self.sent}".encode() + b"." * 100
                self.producer.produce(self.topic, value, partition=self.sent % PARTITIONS, callback=self.delivered)
                self.sent += 1
            except BufferError:
                self.producer.poll(0.1)
            if self.sent % 20 == 0:
                self.producer.poll(0.002)
        self.producer.flush(60)

    def finish(self):
        self.stop.set()
        self.thread.join()


def read_all(topic):
    """Every record: (partition, offset) -> value, each partition from its beginning to its end."""
    found = {}
    consumer = ck.Consumer({**B, "group.id": "reader", "enable.auto.commit": False, "enable.partition.eof": True})
    for partition in range(PARTITIONS):
        place = ck.TopicPartition(topic, partition, 0)
        consumer.assign([place])
        _, end = consumer.get_watermark_offsets(place, timeout=20)
        last = -1
        while last + 1 < end:
            message = consumer.poll(20)
            assert message is not None, f"{topic}-{partition} is silent at {last + 1} of {end}"
            if message.error():
                assert message.error().code() == ck.KafkaError._PARTITION_EOF, message.error()
                continue
            assert message.offset() == last + 1, f"{topic}-{partition}: {message.offset()} after {last}"
            last = message.offset()
            found[partition, last] = message.value()
    consumer.close()
    return found


def committed(group):
    consumer = ck.Consumer({**B, "group.id": group})
    try:
        return consumer.committed([ck.TopicPartition("plain", 0)], timeout=20)[0].offset
    finally:
        consumer.close()


broker = start()
plain = once = None
try:
    admin = AdminClient(B)
    for future in admin.create_topics([NewTopic("plain", PARTITIONS, 1), NewTopic("once", PARTITIONS, 1)]).values():
        future.result(20)
    plain = Load("plain", acks="all", **{"compression.type": "lz4"})
    once = Load("once", **{"enable.idempotence": True})
    committer = ck.Consumer({**B, "group.id": "g", "enable.auto.commit": False})
    for number in range(KILLS):
        with check(f"kill {number + 1}: the broker is ready again, and keeps the committed offset"):
            time.sleep(dice.uniform(0.3, 1.5))
            offset = len(plain.acknowledged)
            committer.commit(offsets=[ck.TopicPartition("plain", 0, offset)], asynchronous=False)
            time.sleep(dice.uniform(0, 0.2))
            os.kill(broker.pid, signal.SIGKILL)
            broker.wait()
            broker = start()
            equal(committed("g"), offset)
    committer.close()
    plain.finish()
    once.finish()
    found = {}
    for load in (plain, once):
        with check(f"{load.topic}: offsets are without gaps, and each acknowledged record is where it was said to be"):
            assert len(load.acknowledged) > 1000, f"only {len(load.acknowledged)} acknowledged of {load.sent}"
            found[load.topic] = read_all(load.topic)
            lost = [(place, value) for value, place in load.acknowledged.items() if found[load.topic].get(place) != value]
            equal(lost[:3], [])
    with check("once: each record of the idempotent producer is there once, in its order"):
        values = list(found["once"].values())
        equal(len(set(values)), len(values))
        for partition in range(PARTITIONS):
            order = [int(value.split(b"-")[1].split(b".")[0]) for (p, _), value in found["once"].items() if p == partition]
            equal(order, sorted(order))
    with check("no thread of the broker panicked"):
        assert "panicked at" not in open(f"{scratch}/broker.log", errors="replace").read()
    print(f"# {len(plain.acknowledged)} and {len(once.acknowledged)} acknowledged", flush=True)
finally:
    for load in (plain, once):
        if load is not None:
            load.stop.set()
    broker.kill()
    broker.wait()
finish()
