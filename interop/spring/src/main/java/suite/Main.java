package suite;

import java.time.LocalDateTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.stereotype.Component;

/** A Spring Boot application, configured as our users' guide does, against the broker at $BOOTSTRAP. Prints a line a check. */
@SpringBootApplication
public class Main {
    public record OrderEvent(Long orderId, String status, LocalDateTime createdAt) {
    }

    /** Remembers what came; acknowledges by hand, up to a limit. */
    @Component
    static class OrderEventConsumer {
        static final Map<Long, OrderEvent> seen = new ConcurrentHashMap<>();
        static volatile long acknowledgeUpTo = Long.MAX_VALUE;

        @KafkaListener(topics = "order-events", groupId = "order-service-group")
        void consume(@Payload OrderEvent event, @Header(KafkaHeaders.RECEIVED_TOPIC) String topic,
                @Header(KafkaHeaders.RECEIVED_PARTITION) int partition, @Header(KafkaHeaders.OFFSET) long offset, Acknowledgment acknowledgment) {
            if (!topic.equals("order-events") || partition < 0 || offset < 0) throw new IllegalStateException(topic + partition + offset);
            seen.put(event.orderId(), event);
            if (event.orderId() <= acknowledgeUpTo) acknowledgment.acknowledge();
        }
    }

    private static boolean failed;

    private static void report(String name, boolean good, Object detail) {
        failed |= !good;
        System.out.println(good ? "ok " + name : "not ok " + name + ": " + String.valueOf(detail).replaceAll("\\s+", " "));
        System.out.flush();
    }

    private static boolean within(int seconds, java.util.function.BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) return false;
            Thread.sleep(50);
        }
        return true;
    }

    private static void send(ConfigurableApplicationContext application, long from, long to) throws Exception {
        @SuppressWarnings("unchecked")
        KafkaTemplate<String, Object> template = application.getBean(KafkaTemplate.class);
        for (long id = from; id <= to; id++) {
            var event = new OrderEvent(id, "created", LocalDateTime.of(2026, 1, 2, 3, 4, 5));
            template.send("order-events", event.orderId().toString(), event).get(20, TimeUnit.SECONDS);
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("# version " + SpringBootVersion.getVersion() + " (kafka-clients " + org.apache.kafka.common.utils.AppInfoParser.getVersion() + ")");
        try (var application = SpringApplication.run(Main.class, arguments)) {
            report("the application starts", true, "");
            send(application, 1, 20);
            report("events are sent as JSON", true, "");
            report("the listener gets them all", within(20, () -> OrderEventConsumer.seen.size() == 20), OrderEventConsumer.seen.keySet());
            report("as they were", new OrderEvent(7L, "created", LocalDateTime.of(2026, 1, 2, 3, 4, 5)).equals(OrderEventConsumer.seen.get(7L)), OrderEventConsumer.seen.get(7L));
            OrderEventConsumer.acknowledgeUpTo = 20;
            send(application, 21, 25);
            report("and later ones, which it does not acknowledge", within(20, () -> OrderEventConsumer.seen.size() == 25), OrderEventConsumer.seen.keySet());
        } catch (Exception error) {
            report("the application runs", false, error);
        }
        OrderEventConsumer.seen.clear();
        OrderEventConsumer.acknowledgeUpTo = Long.MAX_VALUE;
        try (var application = SpringApplication.run(Main.class, arguments)) {
            boolean again = within(20, () -> OrderEventConsumer.seen.keySet().equals(java.util.Set.of(21L, 22L, 23L, 24L, 25L)));
            report("after a restart just those come again", again, OrderEventConsumer.seen.keySet());
        } catch (Exception error) {
            report("the application runs again", false, error);
        }
        System.exit(failed ? 1 : 0);
    }
}
