// Sarama against the broker at $BOOTSTRAP, which does not create topics by itself. Prints a line a check.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/IBM/sarama"
)

var (
	brokers = []string{os.Getenv("BOOTSTRAP")}
	failed  bool
	admin   sarama.ClusterAdmin
)

func check(name string, body func() error) {
	if err := body(); err != nil {
		failed = true
		fmt.Printf("not ok %s: %s\n", name, strings.Join(strings.Fields(err.Error()), " "))
		return
	}
	fmt.Println("ok " + name)
}

func equal(got, want any) error {
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("wanted %.300v, got %.300v", want, got)
	}
	return nil
}

func eventually(condition func() bool) error {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if condition() {
			return nil
		}
	}
	return errors.New("it did not come true within 20 s")
}

func settings(change ...func(*sarama.Config)) *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Producer.Return.Successes = true
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Offsets.AutoCommit.Enable = false
	config.Consumer.Group.Heartbeat.Interval = 300 * time.Millisecond
	for _, one := range change {
		one(config)
	}
	return config
}

func create(topic string, partitions int32, entries map[string]*string) error {
	return admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: entries}, false)
}

func produce(topic string, values []string, change ...func(*sarama.Config)) error {
	producer, err := sarama.NewSyncProducer(brokers, settings(change...))
	if err != nil {
		return err
	}
	defer producer.Close()
	var messages []*sarama.ProducerMessage
	for _, value := range values {
		messages = append(messages, &sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder(value)})
	}
	return producer.SendMessages(messages)
}

func consume(topic string, count int, from int64, change ...func(*sarama.Config)) ([]*sarama.ConsumerMessage, error) {
	consumer, err := sarama.NewConsumer(brokers, settings(change...))
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	partition, err := consumer.ConsumePartition(topic, 0, from)
	if err != nil {
		return nil, err
	}
	defer partition.Close()
	var messages []*sarama.ConsumerMessage
	late := time.After(20 * time.Second)
	for len(messages) < count {
		select {
		case message := <-partition.Messages():
			messages = append(messages, message)
		case <-late:
			return messages, fmt.Errorf("%d of %d records within 20 s", len(messages), count)
		}
	}
	return messages, nil
}

func values(messages []*sarama.ConsumerMessage) []string {
	var list []string
	for _, message := range messages {
		list = append(list, string(message.Value))
	}
	return list
}

func numbers(from, to int) []string {
	var list []string
	for n := from; n <= to; n++ {
		list = append(list, strconv.Itoa(n))
	}
	return list
}

func roundTrip(topic string, count int, change ...func(*sarama.Config)) error {
	if err := create(topic, 1, nil); err != nil {
		return err
	}
	if err := produce(topic, numbers(1, count), change...); err != nil {
		return err
	}
	messages, err := consume(topic, count, sarama.OffsetOldest)
	if err != nil {
		return err
	}
	return equal(values(messages), numbers(1, count))
}

// member of a group: remembers what it holds and saw, and commits what it is told to.
type member struct {
	group  sarama.ConsumerGroup
	stop   context.CancelFunc
	done   chan struct{}
	mutex  sync.Mutex
	held   int
	seen   []int64
	commit int64
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.held = 0
	for _, partitions := range session.Claims() {
		m.held += len(partitions)
	}
	return nil
}

func (m *member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		m.mutex.Lock()
		m.seen = append(m.seen, message.Offset)
		m.mutex.Unlock()
		if message.Offset+1 == m.commit {
			session.MarkMessage(message, "note")
			session.Commit()
		}
	}
	return nil
}

func (m *member) count() (held, seen int) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.held, len(m.seen)
}

func join(group, topic string, commit int64, change ...func(*sarama.Config)) (*member, error) {
	made, err := sarama.NewConsumerGroup(brokers, group, settings(change...))
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	m := &member{group: made, stop: stop, done: make(chan struct{}), commit: commit}
	go func() {
		defer close(m.done)
		for ctx.Err() == nil {
			if err := made.Consume(ctx, []string{topic}, m); err != nil && ctx.Err() == nil {
				time.Sleep(100 * time.Millisecond)
			}
		}
	}()
	return m, nil
}

func (m *member) leave() {
	m.stop()
	<-m.done
	m.group.Close()
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/IBM/sarama" {
			return module.Version
		}
	}
	return "?"
}

func main() {
	fmt.Println("# version " + version())
	var err error
	if admin, err = sarama.NewClusterAdmin(brokers, settings()); err != nil {
		fmt.Printf("not ok connect: %v\n", err)
		os.Exit(1)
	}
	defer admin.Close()
	topicsAndConfigs()
	producing()
	consuming()
	groups()
	refusals()
	if failed {
		os.Exit(1)
	}
}

func topicsAndConfigs() {
	check("topics are created, listed, described", func() error {
		retention := "100000"
		if err := create("sa-three", 3, map[string]*string{"retention.ms": &retention}); err != nil {
			return err
		}
		topics, err := admin.ListTopics()
		if err != nil {
			return err
		}
		if err := equal(topics["sa-three"].NumPartitions, int32(3)); err != nil {
			return err
		}
		described, err := admin.DescribeTopics([]string{"sa-three"})
		if err != nil {
			return err
		}
		return equal(len(described[0].Partitions), 3)
	})
	check("configs are described and altered", func() error {
		value := "200000"
		entries := map[string]sarama.IncrementalAlterConfigsEntry{"retention.ms": {Operation: sarama.IncrementalAlterConfigsOperationSet, Value: &value}}
		if err := admin.IncrementalAlterConfig(sarama.TopicResource, "sa-three", entries, false); err != nil {
			return err
		}
		return eventually(func() bool {
			configs, err := admin.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: "sa-three", ConfigNames: []string{"retention.ms"}})
			return err == nil && len(configs) == 1 && configs[0].Value == "200000"
		})
	})
	check("a topic that exists is refused", func() error {
		var refused *sarama.TopicError
		if err := create("sa-three", 1, nil); !errors.As(err, &refused) || refused.Err != sarama.ErrTopicAlreadyExists {
			return fmt.Errorf("got %v", err)
		}
		return nil
	})
	check("partitions are added", func() error {
		if err := admin.CreatePartitions("sa-three", 5, nil, false); err != nil {
			return err
		}
		return eventually(func() bool {
			described, err := admin.DescribeTopics([]string{"sa-three"})
			return err == nil && len(described[0].Partitions) == 5
		})
	})
	check("the cluster and the log dirs are described", func() error {
		nodes, controller, err := admin.DescribeCluster()
		if err != nil {
			return err
		}
		if err := equal([]int32{int32(len(nodes)), controller}, []int32{1, 1}); err != nil {
			return err
		}
		dirs, err := admin.DescribeLogDirs([]int32{1})
		if err != nil {
			return err
		}
		return equal(len(dirs[1]), 1)
	})
	check("topics are deleted", func() error {
		if err := admin.DeleteTopic("sa-three"); err != nil {
			return err
		}
		return eventually(func() bool {
			topics, err := admin.ListTopics()
			_, there := topics["sa-three"]
			return err == nil && !there
		})
	})
}

func producing() {
	acks := []sarama.RequiredAcks{sarama.NoResponse, sarama.WaitForLocal, sarama.WaitForAll}
	for place, name := range []string{"0", "1", "all"} {
		check("acks="+name, func() error {
			return roundTrip("sa-acks-"+name, 50, func(config *sarama.Config) { config.Producer.RequiredAcks = acks[place] })
		})
	}
	codecs := []sarama.CompressionCodec{sarama.CompressionNone, sarama.CompressionGZIP, sarama.CompressionSnappy, sarama.CompressionLZ4, sarama.CompressionZSTD}
	for _, codec := range codecs {
		check("compression "+codec.String(), func() error {
			return roundTrip("sa-codec-"+codec.String(), 1000, func(config *sarama.Config) { config.Producer.Compression = codec })
		})
	}
	check("an idempotent producer", func() error {
		return roundTrip("sa-idempotent", 2000, func(config *sarama.Config) {
			config.Producer.Idempotent = true
			config.Producer.RequiredAcks = sarama.WaitForAll
			config.Net.MaxOpenRequests = 1
		})
	})
	for _, old := range []sarama.KafkaVersion{sarama.V1_0_0_0, sarama.V2_1_0_0, sarama.V2_8_0_0, sarama.V3_6_0_0} {
		check("as a client of Kafka "+old.String(), func() error {
			return roundTrip("sa-old-"+old.String(), 100, func(config *sarama.Config) { config.Version = old })
		})
	}
	check("keys, headers, timestamps, null values", func() error {
		if err := create("sa-full", 1, nil); err != nil {
			return err
		}
		producer, err := sarama.NewSyncProducer(brokers, settings())
		if err != nil {
			return err
		}
		defer producer.Close()
		headers := []sarama.RecordHeader{{Key: []byte("a"), Value: []byte("1")}, {Key: []byte("a"), Value: []byte("2")}}
		for _, message := range []*sarama.ProducerMessage{
			{Topic: "sa-full", Key: sarama.StringEncoder("k"), Value: sarama.StringEncoder("v"), Headers: headers, Timestamp: time.UnixMilli(1700000000123)},
			{Topic: "sa-full", Key: sarama.StringEncoder("t"), Timestamp: time.UnixMilli(1700000001000)},
		} {
			if _, _, err := producer.SendMessage(message); err != nil {
				return err
			}
		}
		got, err := consume("sa-full", 2, sarama.OffsetOldest)
		if err != nil {
			return err
		}
		first := got[0]
		if err := equal([]any{string(first.Key), string(first.Value), len(first.Headers), first.Timestamp.UnixMilli()}, []any{"k", "v", 2, int64(1700000000123)}); err != nil {
			return err
		}
		return equal(got[1].Value == nil, true)
	})
}

func consuming() {
	check("from an offset", func() error {
		got, err := consume("sa-acks-all", 10, 40)
		if err != nil {
			return err
		}
		return equal(values(got), numbers(41, 50))
	})
	check("offsets of the ends and of a time", func() error {
		client, err := sarama.NewClient(brokers, settings())
		if err != nil {
			return err
		}
		defer client.Close()
		for _, row := range [][2]int64{{sarama.OffsetOldest, 0}, {sarama.OffsetNewest, 2}, {1700000000500, 1}} {
			offset, err := client.GetOffset("sa-full", 0, row[0])
			if err != nil {
				return err
			}
			if err := equal(offset, row[1]); err != nil {
				return err
			}
		}
		return nil
	})
	check("read_committed", func() error {
		got, err := consume("sa-codec-lz4", 1000, sarama.OffsetOldest, func(config *sarama.Config) { config.Consumer.IsolationLevel = sarama.ReadCommitted })
		if err != nil {
			return err
		}
		return equal(values(got), numbers(1, 1000))
	})
	check("an offset out of range is an error", func() error {
		_, err := consume("sa-acks-all", 1, 5000)
		return equal(errors.Is(err, sarama.ErrOffsetOutOfRange), true)
	})
	check("records are deleted", func() error {
		if err := admin.DeleteRecords("sa-codec-gzip", map[int32]int64{0: 500}); err != nil {
			return err
		}
		got, err := consume("sa-codec-gzip", 1, sarama.OffsetOldest)
		if err != nil {
			return err
		}
		return equal(got[0].Offset, int64(500))
	})
}

func groups() {
	check("a topic for groups", func() error { return create("sa-shared", 4, nil) })
	for _, strategy := range []sarama.BalanceStrategy{sarama.NewBalanceStrategyRange(), sarama.NewBalanceStrategyRoundRobin(), sarama.NewBalanceStrategySticky()} {
		check("two members share, one takes over ("+strategy.Name()+")", func() error {
			with := func(config *sarama.Config) { config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{strategy} }
			one, err := join("sa-g-"+strategy.Name(), "sa-shared", 0, with)
			if err != nil {
				return err
			}
			defer one.leave()
			holds := func(m *member, want int) bool { held, _ := m.count(); return held == want }
			if err := eventually(func() bool { return holds(one, 4) }); err != nil {
				return err
			}
			two, err := join("sa-g-"+strategy.Name(), "sa-shared", 0, with)
			if err != nil {
				return err
			}
			err = eventually(func() bool { return holds(one, 2) && holds(two, 2) })
			two.leave()
			if err != nil {
				return err
			}
			return eventually(func() bool { return holds(one, 4) })
		})
	}
	check("commits are kept, lag is known", func() error {
		one, err := join("sa-commits", "sa-acks-all", 30)
		if err != nil {
			return err
		}
		if err := eventually(func() bool { _, seen := one.count(); return seen == 50 }); err != nil {
			return err
		}
		one.leave()
		offsets, err := admin.ListConsumerGroupOffsets("sa-commits", map[string][]int32{"sa-acks-all": {0}})
		if err != nil {
			return err
		}
		block := offsets.GetBlock("sa-acks-all", 0)
		if err := equal([]any{block.Offset, block.Metadata}, []any{int64(30), "note"}); err != nil {
			return err
		}
		two, err := join("sa-commits", "sa-acks-all", 0)
		if err != nil {
			return err
		}
		defer two.leave()
		if err := eventually(func() bool { _, seen := two.count(); return seen == 20 }); err != nil {
			return err
		}
		return equal(two.seen[0], int64(30))
	})
	check("groups are listed, described, deleted", func() error {
		listed, err := admin.ListConsumerGroups()
		if err != nil {
			return err
		}
		if err := equal(listed["sa-commits"], "consumer"); err != nil {
			return err
		}
		described, err := admin.DescribeConsumerGroups([]string{"sa-commits"})
		if err != nil {
			return err
		}
		if err := equal(described[0].State, "Empty"); err != nil {
			return err
		}
		return admin.DeleteConsumerGroup("sa-commits")
	})
	check("a static member", func() error {
		as := func(id string) func(*sarama.Config) { return func(config *sarama.Config) { config.Consumer.Group.InstanceId = id } }
		one, err := join("sa-static", "sa-shared", 0, as("i1"))
		if err != nil {
			return err
		}
		defer one.leave()
		if err := eventually(func() bool { held, _ := one.count(); return held == 4 }); err != nil {
			return err
		}
		described, err := admin.DescribeConsumerGroups([]string{"sa-static"})
		if err != nil {
			return err
		}
		for _, member := range described[0].Members {
			if err := equal(*member.GroupInstanceId, "i1"); err != nil {
				return err
			}
		}
		return equal(len(described[0].Members), 1)
	})
}

func refusals() {
	check("an unknown topic is an error for a producer", func() error {
		err := produce("sa-nowhere", []string{"x"}, func(config *sarama.Config) { config.Metadata.Retry.Max = 1 })
		var several sarama.ProducerErrors
		if errors.As(err, &several) && len(several) > 0 {
			err = several[0].Err
		}
		return equal(errors.Is(err, sarama.ErrUnknownTopicOrPartition), true)
	})
	check("a message that is too large is refused", func() error {
		err := produce("sa-full", []string{strings.Repeat("x", 1500000)}, func(config *sarama.Config) { config.Producer.MaxMessageBytes = 4000000 })
		var several sarama.ProducerErrors
		if errors.As(err, &several) && len(several) > 0 {
			err = several[0].Err
		}
		return equal(errors.Is(err, sarama.ErrMessageSizeTooLarge), true)
	})
	check("a transactional id is refused at once", func() error {
		begun := time.Now()
		producer, err := sarama.NewSyncProducer(brokers, settings(func(config *sarama.Config) {
			config.Producer.Idempotent = true
			config.Producer.RequiredAcks = sarama.WaitForAll
			config.Producer.Transaction.ID = "sa-tx"
			config.Net.MaxOpenRequests = 1
		}))
		if err == nil {
			producer.Close()
		}
		if err == nil || time.Since(begun) > 15*time.Second {
			return fmt.Errorf("%v after %v", err, time.Since(begun))
		}
		return nil
	})
}
