// Package stream judges exchanges that come by NATS JetStream: in by one stream,
// verdicts out by another, each stored exactly once. What is distributed about it
// is JetStream's: partitions and which worker has which, redelivery, replicas.
//
// A producer publishes an exchange (the batch mode's JSON) to
// exchanges.CONVERSATION and gets its verdict on verdicts.CONVERSATION.SEQUENCE.
// Messages of one conversation are judged in their order. With the header
// Madoguchi-Turn (window or person) a message is a turn of a talk, and what the
// talk has shown so far counts, whichever worker takes it.
package stream

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Config says which streams there are and what bounds them. The tags are the
// worker's flags; docs/config.md lists them.
type Config struct {
	Prefix      string        `help:"Of all subjects and names." default:"madoguchi"`
	Partitions  int           `help:"Over how many conversations are spread; each has one worker at a time. More than workers times processors; changing it moves conversations: drain first." default:"8"`
	Replicas    int           `help:"Of each stream, on so many servers; 3 on a cluster." default:"1"`
	MaxAge      time.Duration `help:"Of exchanges, verdicts and talks." default:"72h"`
	MaxBytes    int64         `help:"Of each stream; -1 without bound." default:"-1"`
	Duplicates  time.Duration `help:"Within which a Nats-Msg-Id counts once." default:"10m"`
	AckWait     time.Duration `help:"After which a silent worker's messages go to another." default:"30s"`
	MaxDeliver  int           `help:"Beyond so many deliveries a message is suspected to end the workers that judge it." default:"10"`
	MaxPending  int           `help:"Messages of a partition that are under way at once." default:"1000"`
	Concurrency int           `help:"Conversations that this worker judges at once; one a processor where it is 0." default:"0"`
}

// Default is the configuration of a laptop.
func Default() Config {
	return Config{Prefix: "madoguchi", Partitions: 8, Replicas: 1, MaxAge: 72 * time.Hour, MaxBytes: -1, Duplicates: 10 * time.Minute, AckWait: 30 * time.Second, MaxDeliver: 10, MaxPending: 1000}
}

// Check reports what cannot be worked with.
func (c *Config) Check() error {
	switch {
	case c.Prefix == "":
		return errors.New("stream: prefix is empty")
	case c.Partitions < 1 || c.Partitions > 256:
		return errors.New("stream: partitions is not between 1 and 256")
	case c.Replicas < 1 || c.Replicas > 5:
		return errors.New("stream: replicas is not between 1 and 5")
	case c.AckWait < time.Second || c.MaxDeliver < 1 || c.MaxPending < 1:
		return errors.New("stream: ack-wait, max-deliver or max-pending is too small")
	}
	return nil
}

// Token is a conversation's place in subjects: any id, hashed, so that subjects
// tell nothing of it.
func Token(conversation string) string {
	sum := sha256.Sum256([]byte(conversation))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// In is the subject for a conversation's exchanges.
func (c *Config) In(conversation string) string {
	return c.Prefix + ".exchanges." + Token(conversation)
}

func (c *Config) work(partition int) string { return fmt.Sprintf("%s.work.%d.*", c.Prefix, partition) }
func (c *Config) verdict(token string, seq uint64) string {
	return fmt.Sprintf("%s.verdicts.%s.%d", c.Prefix, token, seq)
}

func (c *Config) dead(token string, seq uint64) string {
	return fmt.Sprintf("%s.dead.%s.%d", c.Prefix, token, seq)
}

// Exchanges names the stream of what is to be judged.
func (c *Config) Exchanges() string { return c.Prefix + "-exchanges" }

// Verdicts names the stream of verdicts, Dead that of dead letters.
func (c *Config) Verdicts() string { return c.Prefix + "-verdicts" }

// Dead names the stream of messages that could not be judged.
func (c *Config) Dead() string  { return c.Prefix + "-dead" }
func (c *Config) talks() string { return c.Prefix + "-talks" }
func (c *Config) tries() string { return c.Prefix + "-tries" }

// group is the name under which workers share a partition.
const group = "workers"

// Prepare makes what is not there yet: streams, consumers, the talks' bucket.
func (c *Config) Prepare(ctx context.Context, js jetstream.JetStream) error {
	in := jetstream.StreamConfig{Name: c.Exchanges(), Description: "exchanges to be judged", Subjects: []string{c.Prefix + ".exchanges.*"}, Replicas: c.Replicas, MaxAge: c.MaxAge, MaxBytes: c.MaxBytes, Duplicates: c.Duplicates, Discard: jetstream.DiscardNew,
		SubjectTransform: &jetstream.SubjectTransformConfig{Source: c.Prefix + ".exchanges.*", Destination: fmt.Sprintf("%s.work.{{partition(%d,1)}}.{{wildcard(1)}}", c.Prefix, c.Partitions)}}
	out := jetstream.StreamConfig{Name: c.Verdicts(), Description: "verdicts, one an exchange", Subjects: []string{c.Prefix + ".verdicts.>"}, Replicas: c.Replicas, MaxAge: c.MaxAge, MaxBytes: c.MaxBytes, Discard: jetstream.DiscardNew}
	dead := jetstream.StreamConfig{Name: c.Dead(), Description: "messages that could not be judged", Subjects: []string{c.Prefix + ".dead.>"}, Replicas: c.Replicas, MaxAge: c.MaxAge, MaxBytes: c.MaxBytes}
	for _, s := range []jetstream.StreamConfig{in, out, dead} {
		if _, err := js.CreateOrUpdateStream(ctx, s); err != nil {
			return fmt.Errorf("stream: %s: %w", s.Name, err)
		}
	}
	for name, what := range map[string]string{c.talks(): "what each talk has shown", c.tries(): "how often the judging of a suspect began"} {
		if _, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: name, Description: what, Replicas: c.Replicas, TTL: c.MaxAge, History: 1}); err != nil {
			return fmt.Errorf("stream: %s: %w", name, err)
		}
	}
	for i := range c.Partitions {
		if _, err := js.CreateOrUpdateConsumer(ctx, c.Exchanges(), c.consumer(i)); err != nil {
			return fmt.Errorf("stream: partition %d: %w", i, err)
		}
	}
	return nil
}

// consumer is a partition's: one of the workers that pull from it is pinned and
// gets all of it, in order; when it falls silent, another is.
func (c *Config) consumer(i int) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{Durable: fmt.Sprintf("partition-%d", i), FilterSubject: c.work(i), AckPolicy: jetstream.AckExplicitPolicy, AckWait: c.AckWait, MaxDeliver: -1, MaxAckPending: c.MaxPending, Replicas: c.Replicas,
		PriorityPolicy: jetstream.PriorityPolicyPinned, PinnedTTL: max(c.AckWait, 3*pullExpiry), PriorityGroups: []string{group}}
}
