// Command soak runs a three-node JetStream cluster and workers as real processes,
// kills nodes and workers with SIGKILL while messages flow, and then holds every
// accepted message against the stored verdicts: one each, by id and hash, in the
// order of its conversation.
//
//	go run ./stream/soak -server bin/nats-server -binary bin/madoguchi -n 1000000
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/madoguchi/madoguchi/stream"
)

var (
	serverBin = flag.String("server", "bin/nats-server", "nats-server")
	binary    = flag.String("binary", "bin/madoguchi", "madoguchi")
	n         = flag.Int("n", 1000000, "messages")
	workers   = flag.Int("workers", 4, "workers")
	kills     = flag.Duration("kills", 15*time.Second, "time between kills; 0 for none")
	texts     = []string{"こんにちは", "お届け予定は明日です。", "暗証番号を教えてください。", "【例銀行】ご利用を停止しました。https://rei.top/ から24時間以内に手続きしてください。", "ご注文ありがとうございます。担当の山田花子です。"}
)

const base = 14222

// node is a process that may be killed and comes back.
type node struct {
	name string
	args []string
	mu   sync.Mutex
	cmd  *exec.Cmd
}

func (p *node) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = exec.Command(p.args[0], p.args[1:]...)
	return p.cmd.Start()
}

func (p *node) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Process.Kill() // SIGKILL
	_ = p.cmd.Wait()
}

func main() {
	flag.Parse()
	if err := soak(); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func soak() (err error) {
	dir, err := os.MkdirTemp("", "soak")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var all, urls, routes []string
	for i := range 3 {
		routes = append(routes, fmt.Sprintf("nats-route://127.0.0.1:%d", base+100+i))
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", base+i))
	}
	url := strings.Join(urls, ",")
	config := filepath.Join(dir, "stream.yaml")
	c := stream.Default()
	c.Replicas, c.AckWait = 3, 5*time.Second
	if err := os.WriteFile(config, []byte("replicas: 3\nack_wait: 5s\n"), 0o600); err != nil {
		return err
	}
	var nodes, hands []*node
	for i := range 3 {
		nodes = append(nodes, &node{name: fmt.Sprint("node", i), args: []string{*serverBin, "-a", "127.0.0.1", "-p", fmt.Sprint(base + i), "-js", "-sd", filepath.Join(dir, fmt.Sprint("node", i)), "-n", fmt.Sprint("node", i), "--cluster_name", "soak", "--cluster", fmt.Sprintf("nats://127.0.0.1:%d", base+100+i), "--routes", strings.Join(routes, ",")}})
	}
	for i := range *workers {
		hands = append(hands, &node{name: fmt.Sprint("worker", i), args: []string{*binary, "worker", "--nats", url, "--config", config, "--concurrency", "1"}})
	}
	defer func() {
		for _, p := range append(hands, nodes...) {
			if p.cmd != nil {
				p.kill()
			}
		}
	}()
	for _, p := range nodes {
		if err := p.start(); err != nil {
			return err
		}
		all = append(all, p.name)
	}
	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true), nats.ReconnectWait(200*time.Millisecond))
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc, jetstream.WithPublishAsyncMaxPending(2000), jetstream.WithPublishAsyncTimeout(5*time.Second))
	if err != nil {
		return err
	}
	ctx := context.Background()
	for {
		if err = c.Prepare(ctx, js); err == nil {
			break
		}
		time.Sleep(time.Second) // until there is a leader
	}
	for _, p := range hands {
		if err := p.start(); err != nil {
			return err
		}
		all = append(all, p.name)
	}
	fmt.Println("running:", strings.Join(all, " "))
	began := time.Now()
	var killed atomic.Int64
	stop := make(chan struct{})
	var killing sync.WaitGroup
	if *kills > 0 {
		killing.Go(func() { kill(stop, nodes, hands, &killed) })
	}
	hashes := make([]string, *n)
	if err := publish(js, &c, hashes); err != nil {
		return err
	}
	fmt.Printf("%d accepted in %s\n", *n, time.Since(began).Round(time.Second))
	if err := arrived(ctx, js, &c); err != nil {
		return err
	}
	close(stop)
	killing.Wait()
	took := time.Since(began)
	fmt.Printf("judged in %s: %.0f a second, %d kills\n", took.Round(time.Second), float64(*n)/took.Seconds(), killed.Load())
	return hold(ctx, js, &c, hashes)
}

// kill takes a node or a worker down, and up again after a while; never two nodes
// at once, as three bear the loss of one.
func kill(stop chan struct{}, nodes, hands []*node, killed *atomic.Int64) {
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		case <-time.After(*kills):
		}
		p := hands[rand.IntN(len(hands))]
		if i%2 == 1 {
			p = nodes[rand.IntN(len(nodes))]
		}
		p.kill()
		killed.Add(1)
		time.Sleep(2 * time.Second)
		if err := p.start(); err != nil {
			fmt.Fprintln(os.Stderr, "soak:", p.name, err)
		}
	}
}

const conversations = 5000

// publish sends all messages; one that was not acknowledged is sent again under the
// same id, before the next of its conversation.
func publish(js jetstream.JetStream, c *stream.Config, hashes []string) error {
	for from := 0; from < len(hashes); from += conversations {
		to := min(from+conversations, len(hashes))
		futures := make([]jetstream.PubAckFuture, to-from)
		msgs := make([]*nats.Msg, to-from)
		for i := from; i < to; i++ {
			body := fmt.Sprintf(`{"id":"%d","direction":"incoming","channel":"chat","initiator":"window","text":%q}`, i, texts[i%len(texts)])
			sum := sha256.Sum256([]byte(body))
			hashes[i] = hex.EncodeToString(sum[:])
			msgs[i-from] = &nats.Msg{Subject: c.In(fmt.Sprint(i % conversations)), Data: []byte(body), Header: nats.Header{nats.MsgIdHdr: {fmt.Sprint(i)}}}
			futures[i-from], _ = js.PublishMsgAsync(msgs[i-from]) // without a future it is sent again below
		}
		for k, f := range futures {
			ok := false
			if f != nil {
				select {
				case <-f.Ok():
					ok = true
				case err := <-f.Err():
					ok = err == nil
				}
			}
			for try := 0; !ok; try++ {
				if try > 300 {
					return errors.New("the cluster accepts nothing any more")
				}
				ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
				_, err := js.PublishMsg(ctx, msgs[k])
				cancel()
				if ok = err == nil; !ok {
					time.Sleep(300 * time.Millisecond)
				}
			}
		}
	}
	return nil
}

// arrived waits until there are as many verdicts as messages, or none come any more.
func arrived(ctx context.Context, js jetstream.JetStream, c *stream.Config) error {
	last, since := uint64(0), time.Now()
	for {
		if s, err := js.Stream(ctx, c.Verdicts()); err == nil {
			if info, err := s.Info(ctx); err == nil {
				if info.State.Msgs >= uint64(*n) {
					return nil
				}
				if info.State.Msgs != last {
					last, since = info.State.Msgs, time.Now()
				}
			}
		}
		if time.Since(since) > 2*time.Minute {
			return fmt.Errorf("no verdict for two minutes; %d of %d are there", last, *n)
		}
		time.Sleep(300 * time.Millisecond)
	}
}

// hold reads all verdicts and holds them against what was accepted.
func hold(ctx context.Context, js jetstream.JetStream, c *stream.Config, hashes []string) error {
	consumer, err := js.OrderedConsumer(ctx, c.Verdicts(), jetstream.OrderedConsumerConfig{})
	if err != nil {
		return err
	}
	it, err := consumer.Messages(jetstream.PullMaxMessages(5000))
	if err != nil {
		return err
	}
	defer it.Stop()
	seen := make([]bool, len(hashes))
	last := map[int]int{}
	for range hashes {
		m, err := it.Next(jetstream.NextMaxWait(20 * time.Second))
		if err != nil {
			return err
		}
		var row struct{ ID string }
		if err := json.Unmarshal(m.Data(), &row); err != nil {
			return err
		}
		var i int
		if _, err := fmt.Sscan(row.ID, &i); err != nil {
			return err
		}
		switch before, ok := last[i%conversations]; {
		case seen[i]:
			return fmt.Errorf("message %d has two verdicts", i)
		case m.Headers().Get(stream.HeaderHash) != hashes[i]:
			return fmt.Errorf("message %d was judged otherwise than sent", i)
		case ok && before > i:
			return fmt.Errorf("message %d was judged after %d of the same conversation", i, before)
		}
		seen[i] = true
		last[i%conversations] = i
	}
	s, err := js.Stream(ctx, c.Verdicts())
	if err != nil {
		return err
	}
	info, err := s.Info(ctx)
	if err != nil {
		return err
	}
	if info.State.Msgs != uint64(len(hashes)) {
		return fmt.Errorf("%d verdicts on %d messages", info.State.Msgs, len(hashes))
	}
	fmt.Printf("%d messages, each with one verdict on what was sent, in the order of its conversation; none lost\n", len(hashes))
	return nil
}
