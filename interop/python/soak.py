"""The client of `cargo xtask soak`: librdkafka writes under faults and remembers what was acknowledged, and reads it all back.

    soak.py load BOOTSTRAP FILE RATE PARTITIONS TOPIC...    until `stop` comes on standard input, or its end
    soak.py verify BOOTSTRAP FILE PARTITIONS TOPIC...       what of that is there; the last line is JSON

The file has a line an event, its time from the monotonic clock:
    ack MS TOPIC PARTITION OFFSET PRODUCER NUMBER    acknowledged
    fail MS TOPIC PARTITION PRODUCER NUMBER ERROR    given up: it may be there or not
    read MS TOPIC PARTITION OFFSET PRODUCER NUMBER   seen by a consumer of a group while faults went on
    group MS assigned|revoked COUNT                  the group was balanced
"""

import json
import os
import sys
import threading
import time

import confluent_kafka as ck

PRODUCERS = 2
PADDING = b"." * 150
# Records under way a partition and producer: one that is silent must not take the room of the others.
UNDER_WAY_MAX = 200
# The defaults wait 30 and 60 s for an answer that a cut cable swallowed; what is measured is the cluster.
PATIENCE = {"request.timeout.ms": 3000, "socket.timeout.ms": 5000, "retry.backoff.ms": 50, "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 500, "topic.metadata.refresh.interval.ms": 1000}


def now_ms():
    return int(time.monotonic() * 1000)


def quiet(_error):
    """Brokers that are not there are the point."""


class Events:
    """The file, and when each partition was last acknowledged."""

    def __init__(self, path):
        self.file, self.lock, self.acknowledged, self.failed, self.last = open(path, "w"), threading.Lock(), 0, 0, {}

    def write(self, *words):
        with self.lock:
            self.file.write(" ".join(map(str, words)) + "\n")


class Load(threading.Thread):
    """One idempotent producer, to every partition in turn."""

    def __init__(self, name, bootstrap, places, rate, events):
        super().__init__()
        self.name, self.places, self.rate, self.events, self.end = name, places, rate, events, threading.Event()
        self.under_way = dict.fromkeys(places, 0)
        self.numbers = dict.fromkeys(places, 0)
        self.fatal = None
        self.producer = ck.Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "acks": "all", "linger.ms": 2,
                                     "message.timeout.ms": 300000, "error_cb": self.erred, **PATIENCE, **({"debug": "eos"} if "SOAK_DEBUG" in os.environ else {})})

    def erred(self, error):
        if error.fatal():
            self.fatal = str(error)

    def run(self):
        begun, sent, turn = time.monotonic(), 0, 0
        while not self.end.is_set() and self.fatal is None:
            due = int((time.monotonic() - begun) * self.rate)
            for _ in range(max(0, min(due - sent, 200))):
                self.send(self.places[turn % len(self.places)])
                turn += 1
                sent += 1
            sent = max(sent, due - 200)
            self.producer.poll(0.005)
        left = self.producer.flush(120)
        if left:
            self.events.write("fail", now_ms(), "-", -1, self.name, left, "not-delivered-at-the-end")
            self.events.failed += left

    def send(self, place):
        if self.under_way[place] >= UNDER_WAY_MAX:
            return
        number = self.numbers[place]
        value = f"{self.name} {number} ".encode() + PADDING
        try:
            self.producer.produce(place[0], value, partition=place[1], callback=lambda e, m: self.delivered(place, number, e, m))
        except (BufferError, ck.KafkaException):
            return
        self.under_way[place] += 1
        self.numbers[place] += 1

    def delivered(self, place, number, error, message):
        self.under_way[place] -= 1
        at = now_ms()
        if error is None:
            self.events.acknowledged += 1
            self.events.last[place] = at
            # librdkafka does not know the offset of what a broker had already.
            offset = -1 if message.offset() is None else message.offset()
            self.events.write("ack", at, *place, offset, self.name, number)
        else:
            self.events.failed += 1
            self.events.write("fail", at, *place, self.name, number, error.name())


class Reader(threading.Thread):
    """A member of a group that reads what is written."""

    def __init__(self, bootstrap, topics, events):
        super().__init__()
        self.topics, self.events, self.end = topics, events, threading.Event()
        self.consumer = ck.Consumer({"bootstrap.servers": bootstrap, "group.id": f"soak-{topics[0]}", "auto.offset.reset": "earliest",
                                     "auto.commit.interval.ms": 1000, "error_cb": quiet, **PATIENCE})

    def run(self):
        told = lambda what: lambda _, places: self.events.write("group", now_ms(), what, len(places))
        self.consumer.subscribe(self.topics, on_assign=told("assigned"), on_revoke=told("revoked"))
        while not self.end.is_set():
            for message in self.consumer.consume(500, 0.1):
                if message.error() is None:
                    producer, number, _ = message.value().split(b" ")
                    self.events.write("read", now_ms(), message.topic(), message.partition(), message.offset(),
                                      producer.decode(), number.decode())
        self.consumer.close()


def load(bootstrap, path, rate, partitions, topics):
    events = Events(path)
    places = [(topic, partition) for topic in topics for partition in range(partitions)]
    producers = [Load(f"p{i}", bootstrap, places, rate / PRODUCERS, events) for i in range(PRODUCERS)]
    reader = Reader(bootstrap, topics, events)
    for thread in (*producers, reader):
        thread.start()
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    while not stop.wait(0.5):
        early = now_ms() - 1000
        silent = sum(events.last.get(place, 0) < early for place in places)
        fatal = next((p.fatal for p in producers if p.fatal), None)
        print(f"progress {events.acknowledged} {silent}" if fatal is None else f"fatal {fatal}", flush=True)
    for thread in producers:
        thread.end.set()
    for thread in producers:
        thread.join()
    reader.end.set()
    reader.join()
    events.file.close()
    print(f"done {events.acknowledged} {events.failed}", flush=True)


def read_all(bootstrap, topic, partition, found):
    """Every record of a partition, from its beginning to its end: offset -> (producer, number)."""
    consumer = ck.Consumer({"bootstrap.servers": bootstrap, "group.id": "verify", "enable.auto.commit": False,
                            "check.crcs": True, "error_cb": quiet, **PATIENCE})
    try:
        place = ck.TopicPartition(topic, partition, 0)
        first, end = consumer.get_watermark_offsets(place, timeout=60)
        consumer.assign([place])
        position, patience = first, time.monotonic() + 60
        while position < end and time.monotonic() < patience:
            for message in consumer.consume(2000, 1):
                if message.error() is None:
                    producer, number, _ = message.value().split(b" ")
                    found[message.offset()] = (producer.decode(), int(number))
                    position, patience = message.offset() + 1, time.monotonic() + 60
        return first, end
    finally:
        consumer.close()


def verify(bootstrap, path, partitions, topics):
    result = dict.fromkeys(("acknowledged", "failed", "read", "lost", "moved", "twice", "disordered", "gaps", "unseen"), 0)
    examples, lost_at = [], []

    def wrong(kind, text):
        result[kind] += 1
        if len(examples) < 10:
            examples.append(f"{kind}: {text}")

    found = {}
    for topic in topics:
        for partition in range(partitions):
            records = found[topic, partition] = {}
            first, end = read_all(bootstrap, topic, partition, records)
            result["read"] += len(records)
            for offset in range(first, end):
                if offset not in records:
                    wrong("gaps", f"{topic}-{partition} has nothing at {offset} of {first} to {end}")
            seen, last = {}, {}
            for offset in sorted(records):
                producer, number = records[offset]
                if (producer, number) in seen:
                    wrong("twice", f"{topic}-{partition} has {producer} {number} at {seen[producer, number]} and {offset}")
                elif number < last.get(producer, -1):
                    wrong("disordered", f"{topic}-{partition} has {producer} {number} at {offset}, behind {last[producer]}")
                seen[producer, number] = offset
                last[producer] = max(number, last.get(producer, -1))
            found[topic, partition] = records, seen
    for line in open(path):
        kind, at, *words = line.split()
        if kind == "fail":
            result["failed"] += 1
        if kind not in ("ack", "read"):
            continue
        topic, partition, offset, producer, number = words[0], int(words[1]), int(words[2]), words[3], int(words[4])
        records, seen = found[topic, partition]
        is_there = records.get(offset) == (producer, number) or (offset < 0 and (producer, number) in seen)
        if kind == "read" and not is_there:
            wrong("unseen", f"{topic}-{partition} showed {producer} {number} at {offset}, where {records.get(offset)} is now")
        if kind == "ack":
            result["acknowledged"] += 1
            if not is_there and (producer, number) in seen:
                wrong("moved", f"{topic}-{partition} {producer} {number} acknowledged at {offset} is at {seen[producer, number]}")
            elif not is_there:
                lost_at.append(int(at))
                wrong("lost", f"{topic}-{partition} {producer} {number} acknowledged at {offset}, where {records.get(offset)} is")
    print(json.dumps({**result, "examples": examples, "lost_at": lost_at[:1000]}), flush=True)


if __name__ == "__main__":
    task, servers, file, *rest = sys.argv[1:]
    if task == "load":
        load(servers, file, float(rest[0]), int(rest[1]), rest[2:])
    else:
        verify(servers, file, int(rest[0]), rest[1:])
