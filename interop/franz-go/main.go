// franz-go against the broker at $BOOTSTRAP, which does not create topics by itself. Prints a line a check.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

var (
	bootstrap = os.Getenv("BOOTSTRAP")
	failed    bool
	admin     *kadm.Client
)

func check(name string, body func(ctx context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := body(ctx); err != nil {
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

func eventually(ctx context.Context, condition func() bool) error {
	for !condition() {
		select {
		case <-ctx.Done():
			return errors.New("it did not come true")
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

func client(options ...kgo.Opt) *kgo.Client {
	made, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(bootstrap)}, options...)...)
	if err != nil {
		panic(err)
	}
	return made
}

func numbers(from, to int) []string {
	var list []string
	for n := from; n <= to; n++ {
		list = append(list, strconv.Itoa(n))
	}
	return list
}

func produce(ctx context.Context, topic string, values []string, options ...kgo.Opt) error {
	made := client(append([]kgo.Opt{kgo.DefaultProduceTopic(topic), kgo.RecordPartitioner(kgo.ManualPartitioner())}, options...)...)
	defer made.Close()
	var records []*kgo.Record
	for _, value := range values {
		records = append(records, kgo.StringRecord(value))
	}
	return made.ProduceSync(ctx, records...).FirstErr()
}

func take(ctx context.Context, made *kgo.Client, count int) ([]*kgo.Record, error) {
	var records []*kgo.Record
	for len(records) < count {
		fetches := made.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return records, fmt.Errorf("%w after %d records", err, len(records))
		}
		records = append(records, fetches.Records()...)
	}
	return records, nil
}

func consume(ctx context.Context, topic string, count int, from kgo.Offset, options ...kgo.Opt) ([]*kgo.Record, error) {
	places := map[string]map[int32]kgo.Offset{topic: {0: from}}
	made := client(append([]kgo.Opt{kgo.ConsumePartitions(places)}, options...)...)
	defer made.Close()
	return take(ctx, made, count)
}

func values(records []*kgo.Record) []string {
	var list []string
	for _, record := range records {
		list = append(list, string(record.Value))
	}
	return list
}

func roundTrip(ctx context.Context, topic string, count int, options ...kgo.Opt) error {
	if _, err := admin.CreateTopic(ctx, 1, 1, nil, topic); err != nil {
		return err
	}
	if err := produce(ctx, topic, numbers(1, count), options...); err != nil {
		return err
	}
	records, err := consume(ctx, topic, count, kgo.NewOffset().AtStart())
	if err != nil {
		return err
	}
	return equal(values(records), numbers(1, count))
}

type member struct {
	*kgo.Client
	mutex sync.Mutex
	held  map[int32]bool
	stop  context.CancelFunc
	done  chan struct{}
}

func join(group, topic string, options ...kgo.Opt) *member {
	made := &member{held: map[int32]bool{}, done: make(chan struct{})}
	change := func(present bool) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, _ *kgo.Client, places map[string][]int32) {
			made.mutex.Lock()
			defer made.mutex.Unlock()
			for _, partition := range places[topic] {
				if present {
					made.held[partition] = true
				} else {
					delete(made.held, partition)
				}
			}
		}
	}
	made.Client = client(append([]kgo.Opt{kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(),
		kgo.OnPartitionsAssigned(change(true)), kgo.OnPartitionsRevoked(change(false)), kgo.OnPartitionsLost(change(false)),
		kgo.HeartbeatInterval(300 * time.Millisecond)}, options...)...)
	ctx, stop := context.WithCancel(context.Background())
	made.stop = stop
	go func() {
		defer close(made.done)
		for ctx.Err() == nil {
			made.PollFetches(ctx)
		}
	}()
	return made
}

func (m *member) count() int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return len(m.held)
}

func (m *member) leave() {
	m.stop()
	<-m.done
	m.Close()
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/twmb/franz-go" {
			return module.Version
		}
	}
	return "?"
}

func main() {
	fmt.Println("# version " + version())
	admin = kadm.NewClient(client())
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
	check("topics are created and listed", func(ctx context.Context) error {
		if _, err := admin.CreateTopic(ctx, 3, 1, map[string]*string{"retention.ms": kadm.StringPtr("100000")}, "fz-three"); err != nil {
			return err
		}
		topics, err := admin.ListTopics(ctx, "fz-three")
		if err != nil {
			return err
		}
		return equal(len(topics["fz-three"].Partitions), 3)
	})
	check("a topic that exists is refused", func(ctx context.Context) error {
		_, err := admin.CreateTopic(ctx, 1, 1, nil, "fz-three")
		return equal(errors.Is(err, kerr.TopicAlreadyExists), true)
	})
	check("configs are described and altered", func(ctx context.Context) error {
		if _, err := admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "retention.ms", Value: kadm.StringPtr("200000")}}, "fz-three"); err != nil {
			return err
		}
		return eventually(ctx, func() bool {
			configs, err := admin.DescribeTopicConfigs(ctx, "fz-three")
			if err != nil || len(configs) != 1 {
				return false
			}
			for _, config := range configs[0].Configs {
				if config.Key == "retention.ms" {
					return config.MaybeValue() == "200000"
				}
			}
			return false
		})
	})
	check("partitions are added", func(ctx context.Context) error {
		answers, err := admin.UpdatePartitions(ctx, 5, "fz-three")
		if err != nil {
			return err
		}
		if err := answers.Error(); err != nil {
			return err
		}
		return eventually(ctx, func() bool {
			topics, err := admin.ListTopics(ctx, "fz-three")
			return err == nil && len(topics["fz-three"].Partitions) == 5
		})
	})
	check("the cluster and the log dirs are described", func(ctx context.Context) error {
		meta, err := admin.BrokerMetadata(ctx)
		if err != nil {
			return err
		}
		if err := equal(meta.Brokers.NodeIDs(), []int32{1}); err != nil {
			return err
		}
		dirs, err := admin.DescribeAllLogDirs(ctx, nil)
		if err != nil {
			return err
		}
		return equal(len(dirs), 1)
	})
	check("topics are deleted", func(ctx context.Context) error {
		if _, err := admin.DeleteTopic(ctx, "fz-three"); err != nil {
			return err
		}
		return eventually(ctx, func() bool {
			topics, err := admin.ListTopics(ctx, "fz-three")
			return err == nil && !topics.Has("fz-three")
		})
	})
}

func producing() {
	acks := map[string][]kgo.Opt{
		"0":   {kgo.RequiredAcks(kgo.NoAck()), kgo.DisableIdempotentWrite()},
		"1":   {kgo.RequiredAcks(kgo.LeaderAck()), kgo.DisableIdempotentWrite()},
		"all": {kgo.RequiredAcks(kgo.AllISRAcks()), kgo.DisableIdempotentWrite()},
	}
	for _, name := range []string{"0", "1", "all"} {
		check("acks="+name, func(ctx context.Context) error { return roundTrip(ctx, "fz-acks-"+name, 50, acks[name]...) })
	}
	codecs := map[string]kgo.CompressionCodec{"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(),
		"snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression()}
	for _, name := range []string{"none", "gzip", "snappy", "lz4", "zstd"} {
		check("compression "+name, func(ctx context.Context) error {
			return roundTrip(ctx, "fz-codec-"+name, 1000, kgo.ProducerBatchCompression(codecs[name]))
		})
	}
	check("an idempotent producer", func(ctx context.Context) error { return roundTrip(ctx, "fz-idempotent", 3000, kgo.ProducerLinger(time.Millisecond)) })
	check("keys, headers, timestamps, null values", func(ctx context.Context) error {
		if _, err := admin.CreateTopic(ctx, 1, 1, nil, "fz-full"); err != nil {
			return err
		}
		made := client(kgo.DefaultProduceTopic("fz-full"))
		defer made.Close()
		sent := []*kgo.Record{
			{Key: []byte("k"), Value: []byte("v"), Headers: []kgo.RecordHeader{{Key: "a", Value: []byte("1")}, {Key: "a", Value: []byte("2")}}, Timestamp: time.UnixMilli(1700000000123)},
			{Key: []byte("t"), Value: nil, Timestamp: time.UnixMilli(1700000001000)},
		}
		if err := made.ProduceSync(ctx, sent...).FirstErr(); err != nil {
			return err
		}
		got, err := consume(ctx, "fz-full", 2, kgo.NewOffset().AtStart())
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
	check("from an offset, relative, by timestamp", func(ctx context.Context) error {
		got, err := consume(ctx, "fz-acks-all", 10, kgo.NewOffset().At(40))
		if err != nil {
			return err
		}
		if err := equal(values(got), numbers(41, 50)); err != nil {
			return err
		}
		if got, err = consume(ctx, "fz-acks-all", 3, kgo.NewOffset().AtEnd().Relative(-3)); err != nil {
			return err
		}
		if err := equal(values(got), numbers(48, 50)); err != nil {
			return err
		}
		if got, err = consume(ctx, "fz-full", 1, kgo.NewOffset().AfterMilli(1700000000500)); err != nil {
			return err
		}
		return equal(got[0].Offset, int64(1))
	})
	check("offsets are listed", func(ctx context.Context) error {
		for _, row := range []struct {
			list func(context.Context, ...string) (kadm.ListedOffsets, error)
			want int64
		}{{admin.ListStartOffsets, 0}, {admin.ListEndOffsets, 2}, {admin.ListCommittedOffsets, 2}, {admin.ListMaxTimestampOffsets, 1}} {
			listed, err := row.list(ctx, "fz-full")
			if err != nil {
				return err
			}
			offset, _ := listed.Lookup("fz-full", 0)
			if err := equal(offset.Offset, row.want); err != nil {
				return err
			}
		}
		return nil
	})
	check("read_committed", func(ctx context.Context) error {
		got, err := consume(ctx, "fz-codec-zstd", 1000, kgo.NewOffset().AtStart(), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
		if err != nil {
			return err
		}
		return equal(values(got), numbers(1, 1000))
	})
	check("without fetch sessions, and in small fetches", func(ctx context.Context) error {
		got, err := consume(ctx, "fz-codec-none", 1000, kgo.NewOffset().AtStart(), kgo.DisableFetchSessions(), kgo.FetchMaxBytes(2000), kgo.FetchMaxPartitionBytes(1000))
		if err != nil {
			return err
		}
		return equal(values(got), numbers(1, 1000))
	})
	check("records are deleted", func(ctx context.Context) error {
		offsets := kadm.Offsets{}
		offsets.AddOffset("fz-codec-gzip", 0, 500, -1)
		answers, err := admin.DeleteRecords(ctx, offsets)
		if err != nil {
			return err
		}
		if err := answers.Error(); err != nil {
			return err
		}
		got, err := consume(ctx, "fz-codec-gzip", 1, kgo.NewOffset().AtStart())
		if err != nil {
			return err
		}
		return equal(got[0].Offset, int64(500))
	})
	check("epochs of offsets", func(ctx context.Context) error {
		request := kadm.OffsetForLeaderEpochRequest{}
		request.Add("fz-full", 0, 0)
		answers, err := admin.OffsetForLeaderEpoch(ctx, request)
		if err != nil {
			return err
		}
		return equal(answers["fz-full"][0].EndOffset, int64(2))
	})
}

func groups() {
	check("a topic for groups", func(ctx context.Context) error {
		_, err := admin.CreateTopic(ctx, 4, 1, nil, "fz-shared")
		return err
	})
	balancers := map[string]kgo.GroupBalancer{"range": kgo.RangeBalancer(), "roundrobin": kgo.RoundRobinBalancer(),
		"sticky": kgo.StickyBalancer(), "cooperative-sticky": kgo.CooperativeStickyBalancer()}
	for _, name := range []string{"range", "roundrobin", "sticky", "cooperative-sticky"} {
		check("two members share, one takes over ("+name+")", func(ctx context.Context) error {
			one := join("fz-g-"+name, "fz-shared", kgo.Balancers(balancers[name]))
			defer one.leave()
			if err := eventually(ctx, func() bool { return one.count() == 4 }); err != nil {
				return err
			}
			two := join("fz-g-"+name, "fz-shared", kgo.Balancers(balancers[name]))
			err := eventually(ctx, func() bool { return one.count() == 2 && two.count() == 2 })
			two.leave()
			if err != nil {
				return err
			}
			return eventually(ctx, func() bool { return one.count() == 4 })
		})
	}
	check("commits are kept, lag is known, offsets are reset", func(ctx context.Context) error {
		options := []kgo.Opt{kgo.ConsumerGroup("fz-commits"), kgo.ConsumeTopics("fz-acks-all"), kgo.DisableAutoCommit(), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}
		made := client(options...)
		records, err := take(ctx, made, 50)
		if err != nil {
			return err
		}
		if err := made.CommitRecords(ctx, records[29]); err != nil {
			return err
		}
		made.Close()
		lag, err := admin.Lag(ctx, "fz-commits")
		if err != nil {
			return err
		}
		group := lag["fz-commits"]
		if err := equal(group.Lag.Total(), int64(20)); err != nil {
			return err
		}
		again := client(options...)
		if records, err = take(ctx, again, 20); err != nil {
			return err
		}
		again.Close()
		if err := equal(values(records), numbers(31, 50)); err != nil {
			return err
		}
		reset := kadm.Offsets{}
		reset.AddOffset("fz-acks-all", 0, 5, -1)
		if err := admin.CommitAllOffsets(ctx, "fz-commits", reset); err != nil {
			return err
		}
		third := client(options...)
		defer third.Close()
		if records, err = take(ctx, third, 45); err != nil {
			return err
		}
		return equal(records[0].Offset, int64(5))
	})
	check("groups are listed, described, deleted", func(ctx context.Context) error {
		listed, err := admin.ListGroups(ctx)
		if err != nil {
			return err
		}
		names := listed.Groups()
		sort.Strings(names)
		if place := sort.SearchStrings(names, "fz-commits"); place == len(names) || names[place] != "fz-commits" {
			return fmt.Errorf("not among %v", names)
		}
		described, err := admin.DescribeGroups(ctx, "fz-commits")
		if err != nil {
			return err
		}
		group := described["fz-commits"]
		if err := equal([]any{group.State, group.ProtocolType}, []any{"Empty", "consumer"}); err != nil {
			return err
		}
		_, err = admin.DeleteGroup(ctx, "fz-commits")
		return err
	})
	check("a static member", func(ctx context.Context) error {
		one := join("fz-static", "fz-shared", kgo.InstanceID("i1"))
		two := join("fz-static", "fz-shared", kgo.InstanceID("i2"))
		defer two.leave()
		if err := eventually(ctx, func() bool { return one.count() == 2 && two.count() == 2 }); err != nil {
			return err
		}
		one.leave()
		time.Sleep(time.Second)
		if err := equal(two.count(), 2); err != nil {
			return err
		}
		answers, err := admin.LeaveGroup(ctx, kadm.LeaveGroup("fz-static").InstanceIDs("i1"))
		if err != nil {
			return err
		}
		if err := answers.Error(); err != nil {
			return err
		}
		return eventually(ctx, func() bool { return two.count() == 4 })
	})
}

func refusals() {
	check("an unknown topic is an error for a producer", func(ctx context.Context) error {
		err := produce(ctx, "fz-nowhere", []string{"x"}, kgo.UnknownTopicRetries(1))
		return equal(errors.Is(err, kerr.UnknownTopicOrPartition), true)
	})
	check("a message that is too large is refused", func(ctx context.Context) error {
		err := produce(ctx, "fz-full", []string{strings.Repeat("x", 1500000)}, kgo.ProducerBatchMaxBytes(4000000), kgo.ProducerBatchCompression(kgo.NoCompression()))
		return equal(errors.Is(err, kerr.MessageTooLarge), true)
	})
	check("a transactional id is refused at once", func(ctx context.Context) error {
		begun := time.Now()
		made := client(kgo.TransactionalID("fz-tx"), kgo.DefaultProduceTopic("fz-full"))
		defer made.Close()
		err := made.BeginTransaction()
		if err == nil {
			err = made.ProduceSync(ctx, kgo.StringRecord("x")).FirstErr()
		}
		if err == nil || time.Since(begun) > 10*time.Second {
			return fmt.Errorf("%v after %v", err, time.Since(begun))
		}
		if kerr.IsRetriable(err) {
			return fmt.Errorf("a client would try again: %w", err)
		}
		return nil
	})
}
