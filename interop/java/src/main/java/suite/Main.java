package suite;

import static org.apache.kafka.clients.consumer.ConsumerConfig.*;

import java.time.Duration;
import java.util.*;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.*;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.*;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.common.utils.AppInfoParser;

/** Apache's Java client against the broker at $BOOTSTRAP, which does not create topics by itself. Prints a line a check. */
public final class Main {
    private static final String BOOTSTRAP = System.getenv("BOOTSTRAP");
    private static boolean failed;
    private static Admin admin;

    interface Body {
        void run() throws Exception;
    }

    private static void check(String name, Body body) {
        try {
            body.run();
            System.out.println("ok " + name);
        } catch (Throwable error) {
            failed = true;
            Throwable cause = error instanceof ExecutionException && error.getCause() != null ? error.getCause() : error;
            System.out.println("not ok " + name + ": " + cause.toString().replaceAll("\\s+", " "));
        }
        System.out.flush();
    }

    private static void equal(Object got, Object want) {
        if (!Objects.equals(got, want)) throw new AssertionError("wanted " + want + ", got " + got);
    }

    private static void eventually(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.call()) {
            if (System.nanoTime() > end) throw new AssertionError("it did not come true within 20 s");
            Thread.sleep(50);
        }
    }

    /** The refusal that the call ends with. */
    private static <E extends Throwable> E refused(Class<E> kind, Body body) throws Exception {
        try {
            body.run();
        } catch (Throwable error) {
            Throwable cause = error instanceof ExecutionException ? error.getCause() : error;
            if (kind.isInstance(cause)) return kind.cast(cause);
            throw new AssertionError("wanted " + kind.getSimpleName() + ", got " + cause);
        }
        throw new AssertionError("wanted " + kind.getSimpleName() + ", but it went well");
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).collect(Collectors.toList());
    }

    private static void create(String topic, int partitions, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs))).all().get();
    }

    private static KafkaProducer<String, String> producer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", BOOTSTRAP, "max.block.ms", 10000, "linger.ms", 5));
        settings.putAll(more);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", BOOTSTRAP, AUTO_OFFSET_RESET_CONFIG, "earliest",
            ENABLE_AUTO_COMMIT_CONFIG, false, ALLOW_AUTO_CREATE_TOPICS_CONFIG, false, HEARTBEAT_INTERVAL_MS_CONFIG, 300));
        settings.putAll(more);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static List<RecordMetadata> produce(String topic, List<String> values, Map<String, Object> more) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        List<RecordMetadata> placed = new ArrayList<>();
        try (var producer = producer(more)) {
            for (String value : values) sent.add(producer.send(new ProducerRecord<String, String>(topic, 0, (Long) null, null, value)));
            for (Future<RecordMetadata> one : sent) placed.add(one.get());
        }
        return placed;
    }

    private static List<ConsumerRecord<String, String>> take(Consumer<String, String> consumer, int count) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        long end = System.nanoTime() + 20_000_000_000L;
        while (records.size() < count && System.nanoTime() < end) consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        equal(records.size(), count);
        return records;
    }

    private static List<ConsumerRecord<String, String>> consume(String topic, long from, int count, Map<String, Object> more) {
        try (var consumer = consumer(more)) {
            TopicPartition place = new TopicPartition(topic, 0);
            consumer.assign(List.of(place));
            consumer.seek(place, from);
            return take(consumer, count);
        }
    }

    private static List<String> values(List<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::value).collect(Collectors.toList());
    }

    private static void roundTrip(String topic, int count, Map<String, Object> more) throws Exception {
        create(topic, 1, Map.of());
        produce(topic, numbers(1, count), more);
        equal(values(consume(topic, 0, count, Map.of())), numbers(1, count));
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("# version " + AppInfoParser.getVersion());
        admin = Admin.create(Map.of("bootstrap.servers", BOOTSTRAP, "default.api.timeout.ms", 20000, "request.timeout.ms", 15000));
        topicsAndConfigs();
        producing();
        consuming();
        groups();
        refusals();
        admin.close();
        System.exit(failed ? 1 : 0);
    }

    private static void topicsAndConfigs() {
        check("topics are created, listed, described", () -> {
            CreateTopicsResult made = admin.createTopics(List.of(new NewTopic("j-three", 3, (short) 1).configs(Map.of("retention.ms", "100000"))));
            equal(made.numPartitions("j-three").get(), 3);
            equal(made.config("j-three").get().get("retention.ms").value(), "100000");
            eventually(() -> admin.listTopics().names().get().contains("j-three"));
            TopicDescription described = admin.describeTopics(List.of("j-three")).allTopicNames().get().get("j-three");
            equal(described.partitions().size(), 3);
            equal(described.topicId(), made.topicId("j-three").get());
            equal(admin.describeTopics(TopicCollection.ofTopicIds(List.of(described.topicId()))).allTopicIds().get().get(described.topicId()).name(), "j-three");
        });
        check("what cannot be created is refused", () -> {
            refused(TopicExistsException.class, () -> create("j-three", 1, Map.of()));
            refused(InvalidTopicException.class, () -> create("a/b", 1, Map.of()));
            refused(InvalidPartitionsException.class, () -> create("j-x", 0, Map.of()));
            refused(InvalidConfigurationException.class, () -> create("j-x", 1, Map.of("retention.ms", "soon")));
            refused(InvalidReplicationFactorException.class, () -> admin.createTopics(List.of(new NewTopic("j-x", 1, (short) 3))).all().get());
        });
        check("configs are described and altered", () -> {
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "j-three");
            var set = new AlterConfigOp(new ConfigEntry("retention.ms", "200000"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(topic, List.of(set))).all().get();
            eventually(() -> admin.describeConfigs(List.of(topic)).all().get().get(topic).get("retention.ms").value().equals("200000"));
            var delete = new AlterConfigOp(new ConfigEntry("retention.ms", ""), AlterConfigOp.OpType.DELETE);
            admin.incrementalAlterConfigs(Map.of(topic, List.of(delete))).all().get();
            eventually(() -> admin.describeConfigs(List.of(topic)).all().get().get(topic).get("retention.ms").value().equals("604800000"));
            var append = new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.APPEND);
            admin.incrementalAlterConfigs(Map.of(topic, List.of(append))).all().get();
            eventually(() -> admin.describeConfigs(List.of(topic)).all().get().get(topic).get("cleanup.policy").value().equals("delete,compact"));
        });
        check("partitions are added", () -> {
            admin.createPartitions(Map.of("j-three", NewPartitions.increaseTo(5))).all().get();
            eventually(() -> admin.describeTopics(List.of("j-three")).allTopicNames().get().get("j-three").partitions().size() == 5);
        });
        check("cluster, features, quorum, log dirs, broker configs are described", () -> {
            DescribeClusterResult cluster = admin.describeCluster();
            equal(cluster.nodes().get().size(), 1);
            equal(cluster.controller().get().id(), 1);
            equal(admin.describeFeatures().featureMetadata().get().finalizedFeatures().containsKey("metadata.version"), true);
            equal(admin.describeMetadataQuorum().quorumInfo().get().leaderId(), 1);
            equal(admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1).size(), 1);
            ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
            equal(admin.describeConfigs(List.of(broker)).all().get().get(broker).get("auto.create.topics.enable").value(), "false");
        });
        check("topics are deleted", () -> {
            admin.deleteTopics(List.of("j-three")).all().get();
            eventually(() -> !admin.listTopics().names().get().contains("j-three"));
            refused(UnknownTopicOrPartitionException.class, () -> admin.deleteTopics(List.of("j-three")).all().get());
        });
    }

    private static void producing() {
        for (String acks : List.of("0", "1", "all")) {
            check("acks=" + acks, () -> roundTrip("j-acks-" + acks, 50, Map.of("acks", acks, "enable.idempotence", false)));
        }
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            check("compression " + codec, () -> roundTrip("j-codec-" + codec, 1000, Map.of("compression.type", codec)));
        }
        check("an idempotent producer", () -> {
            create("j-idempotent", 1, Map.of());
            List<RecordMetadata> placed = produce("j-idempotent", numbers(1, 3000), Map.of("enable.idempotence", true, "batch.size", 500));
            equal(placed.stream().map(RecordMetadata::offset).collect(Collectors.toList()), LongStream.range(0, 3000).boxed().collect(Collectors.toList()));
        });
        check("keys, headers, timestamps, null values", () -> {
            create("j-full", 1, Map.of());
            try (var producer = producer(Map.of())) {
                var headers = List.<org.apache.kafka.common.header.Header>of(new RecordHeader("a", "1".getBytes()), new RecordHeader("n", (byte[]) null));
                producer.send(new ProducerRecord<>("j-full", 0, 1700000000123L, "k", "v", headers));
                producer.send(new ProducerRecord<String, String>("j-full", 0, (Long) 1700000001000L, "t", (String) null));
            }
            var records = consume("j-full", 0, 2, Map.of());
            var first = records.get(0);
            equal(List.of(first.key(), first.value(), first.timestamp()), List.of("k", "v", 1700000000123L));
            equal(new String(first.headers().lastHeader("a").value()), "1");
            equal(first.headers().lastHeader("n").value(), null);
            equal(records.get(1).value(), null);
        });
        check("log append time", () -> {
            create("j-appended", 1, Map.of("message.timestamp.type", "LogAppendTime"));
            long before = System.currentTimeMillis();
            RecordMetadata placed = produce("j-appended", List.of("x"), Map.of()).get(0);
            long stamp = consume("j-appended", 0, 1, Map.of()).get(0).timestamp();
            equal(placed.timestamp(), stamp);
            equal(stamp >= before && stamp <= System.currentTimeMillis(), true);
        });
    }

    private static void consuming() {
        TopicPartition full = new TopicPartition("j-full", 0);
        check("from an offset", () -> equal(values(consume("j-acks-all", 40, 10, Map.of())), numbers(41, 50)));
        check("offsets of the ends and of a time", () -> {
            try (var consumer = consumer(Map.of())) {
                equal(consumer.beginningOffsets(List.of(full)).get(full), 0L);
                equal(consumer.endOffsets(List.of(full)).get(full), 2L);
                equal(consumer.offsetsForTimes(Map.of(full, 1700000000500L)).get(full).offset(), 1L);
                equal(consumer.offsetsForTimes(Map.of(full, 1800000000000L)).get(full), null);
            }
            equal(admin.listOffsets(Map.of(full, OffsetSpec.maxTimestamp())).partitionResult(full).get().offset(), 1L);
        });
        check("read_committed", () -> equal(values(consume("j-codec-lz4", 0, 1000, Map.of(ISOLATION_LEVEL_CONFIG, "read_committed"))), numbers(1, 1000)));
        check("small fetches", () -> equal(values(consume("j-codec-none", 0, 1000, Map.of(FETCH_MAX_BYTES_CONFIG, 2000, MAX_PARTITION_FETCH_BYTES_CONFIG, 700))), numbers(1, 1000)));
        check("a pattern finds topics", () -> {
            try (var consumer = consumer(Map.of(GROUP_ID_CONFIG, "j-pattern"))) {
                consumer.subscribe(java.util.regex.Pattern.compile("j-acks-.*"));
                equal(take(consumer, 150).stream().map(ConsumerRecord::topic).distinct().count(), 3L);
            }
        });
        check("records are deleted", () -> {
            TopicPartition place = new TopicPartition("j-codec-gzip", 0);
            equal(admin.deleteRecords(Map.of(place, RecordsToDelete.beforeOffset(500))).lowWatermarks().get(place).get().lowWatermark(), 500L);
            equal(consume("j-codec-gzip", 0, 500, Map.of()).get(0).offset(), 500L);
        });
    }

    /** A consumer on a thread of its own. */
    private static final class Member implements ConsumerRebalanceListener {
        final KafkaConsumer<String, String> consumer;
        final Set<TopicPartition> held = ConcurrentHashMap.newKeySet();
        final Thread thread;
        volatile boolean stop;

        Member(String group, String topic, Map<String, Object> more) {
            Map<String, Object> settings = new HashMap<>(more);
            settings.put(GROUP_ID_CONFIG, group);
            consumer = consumer(settings);
            consumer.subscribe(List.of(topic), this);
            thread = new Thread(() -> {
                while (!stop) consumer.poll(Duration.ofMillis(100));
                consumer.close();
            });
            thread.start();
        }

        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            held.addAll(partitions);
        }

        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            held.removeAll(partitions);
        }

        void leave() throws Exception {
            stop = true;
            thread.join();
        }
    }

    private static void groups() {
        check("a topic for groups", () -> create("j-shared", 4, Map.of()));
        for (Class<?> assignor : List.of(RangeAssignor.class, RoundRobinAssignor.class, StickyAssignor.class, CooperativeStickyAssignor.class)) {
            check("two members share, one takes over (" + assignor.getSimpleName() + ")", () -> {
                Map<String, Object> with = Map.of(PARTITION_ASSIGNMENT_STRATEGY_CONFIG, assignor.getName());
                Member one = new Member("j-" + assignor.getSimpleName(), "j-shared", with);
                try {
                    eventually(() -> one.held.size() == 4);
                    Member two = new Member("j-" + assignor.getSimpleName(), "j-shared", with);
                    try {
                        eventually(() -> one.held.size() == 2 && two.held.size() == 2);
                    } finally {
                        two.leave();
                    }
                    eventually(() -> one.held.size() == 4);
                } finally {
                    one.leave();
                }
            });
        }
        TopicPartition place = new TopicPartition("j-acks-all", 0);
        Map<String, Object> group = Map.of(GROUP_ID_CONFIG, "j-commits");
        check("commits are kept, lag is known", () -> {
            try (var consumer = consumer(group)) {
                consumer.subscribe(List.of("j-acks-all"));
                take(consumer, 50);
                consumer.commitSync(Map.of(place, new OffsetAndMetadata(30, "note")));
            }
            var committed = admin.listConsumerGroupOffsets("j-commits").partitionsToOffsetAndMetadata().get().get(place);
            equal(List.of(committed.offset(), committed.metadata()), List.of(30L, "note"));
            equal(admin.listOffsets(Map.of(place, OffsetSpec.latest())).partitionResult(place).get().offset() - committed.offset(), 20L);
            try (var consumer = consumer(group)) {
                consumer.subscribe(List.of("j-acks-all"));
                equal(values(take(consumer, 20)), numbers(31, 50));
                equal(consumer.currentLag(place).orElse(-1), 0L);
            }
        });
        check("offsets are reset and deleted", () -> {
            admin.alterConsumerGroupOffsets("j-commits", Map.of(place, new OffsetAndMetadata(5))).all().get();
            try (var consumer = consumer(group)) {
                consumer.subscribe(List.of("j-acks-all"));
                equal(take(consumer, 45).get(0).offset(), 5L);
            }
            admin.deleteConsumerGroupOffsets("j-commits", Set.of(place)).all().get();
            equal(admin.listConsumerGroupOffsets("j-commits").partitionsToOffsetAndMetadata().get().get(place), null);
        });
        check("groups are listed, described, deleted", () -> {
            Member member = new Member("j-busy", "j-shared", Map.of());
            try {
                eventually(() -> member.held.size() == 4);
                equal(admin.listConsumerGroups().all().get().stream().anyMatch(one -> one.groupId().equals("j-busy")), true);
                var described = admin.describeConsumerGroups(List.of("j-busy")).all().get().get("j-busy");
                equal(List.of(described.groupState(), described.members().size(), described.coordinator().id()), List.of(GroupState.STABLE, 1, 1));
                equal(described.members().iterator().next().assignment().topicPartitions().size(), 4);
                refused(GroupNotEmptyException.class, () -> admin.deleteConsumerGroups(List.of("j-busy")).all().get());
            } finally {
                member.leave();
            }
            admin.deleteConsumerGroups(List.of("j-busy")).all().get();
            refused(GroupIdNotFoundException.class, () -> admin.deleteConsumerGroups(List.of("j-busy")).all().get());
        });
        check("a static member is fenced by another of its name, and is removed by name", () -> {
            Map<String, Object> with = Map.of(GROUP_INSTANCE_ID_CONFIG, "i1");
            Member one = new Member("j-static", "j-shared", with);
            eventually(() -> one.held.size() == 4);
            one.leave();
            var described = admin.describeConsumerGroups(List.of("j-static")).all().get().get("j-static");
            equal(described.members().iterator().next().groupInstanceId().orElse(""), "i1");
            Member again = new Member("j-static", "j-shared", with);
            eventually(() -> again.held.size() == 4);
            again.leave();
            admin.removeMembersFromConsumerGroup("j-static", new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("i1")))).all().get();
            equal(admin.describeConsumerGroups(List.of("j-static")).all().get().get("j-static").groupState(), GroupState.EMPTY);
        });
    }

    private static void refusals() {
        check("an unknown topic is an error for a producer", () -> refused(TimeoutException.class, () -> produce("j-nowhere", List.of("x"), Map.of("max.block.ms", 1500))));
        check("a message that is too large is refused by the broker", () ->
            refused(RecordTooLargeException.class, () -> produce("j-full", List.of("x".repeat(1500000)), Map.of("max.request.size", 4000000, "buffer.memory", 8000000))));
        check("an offset out of range is an error where there is no reset", () ->
            refused(org.apache.kafka.clients.consumer.OffsetOutOfRangeException.class, () -> consume("j-full", 5000, 1, Map.of(AUTO_OFFSET_RESET_CONFIG, "none"))));
        check("a transactional id is refused at once and for good", () -> {
            long begun = System.nanoTime();
            try (var producer = producer(Map.of("transactional.id", "j-tx"))) {
                KafkaException error = refused(KafkaException.class, producer::initTransactions);
                if (error instanceof RetriableException) throw new AssertionError("a client would try again: " + error);
            }
            equal((System.nanoTime() - begun) / 1_000_000_000L < 5, true);
        });
        check("the consumer protocol of KIP-848 is refused at once, by name", () -> {
            try (var consumer = consumer(Map.of(GROUP_ID_CONFIG, "j-848", GROUP_PROTOCOL_CONFIG, "consumer"), HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_TIMEOUT_MS_CONFIG)) {
                consumer.subscribe(List.of("j-shared"));
                refused(UnsupportedVersionException.class, () -> {
                    long end = System.nanoTime() + 10_000_000_000L;
                    while (System.nanoTime() < end) consumer.poll(Duration.ofMillis(200));
                });
            }
        });
    }

    /** A consumer without some of the settings that all others have. */
    private static KafkaConsumer<String, String> consumer(Map<String, Object> more, String... without) {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", BOOTSTRAP, AUTO_OFFSET_RESET_CONFIG, "earliest"));
        settings.putAll(more);
        for (String name : without) settings.remove(name);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }
}
