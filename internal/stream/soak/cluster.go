package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/madoguchi/madoguchi/internal/stream"
)

const (
	nodes   = 3
	bridge  = "soakbr"
	subnet  = "10.77.0."
	gateway = subnet + "1"
)

// cluster is a JetStream cluster of processes, and workers beside it.
type cluster struct {
	dir      string
	networks bool // each process has one of its own
	nodes    []*process
}

// process may be killed and comes back.
type process struct {
	name string
	host int // its number among the networks
	args []string
	errs string // a file for what it says

	mu  sync.Mutex
	cmd *exec.Cmd
}

func (c *cluster) file(name string) string { return filepath.Join(c.dir, name) }

// address is where a host is reached, port apart.
func (c *cluster) address(host int) string {
	if c.networks {
		return fmt.Sprint(subnet, 10+host)
	}
	return "127.0.0.1"
}

func (c *cluster) port(host, base int) int {
	if c.networks {
		return base
	}
	return base + host
}

func (c *cluster) url() string {
	var urls []string
	for i := range nodes {
		urls = append(urls, fmt.Sprintf("nats://%s:%d", c.address(i), c.port(i, 14222)))
	}
	return strings.Join(urls, ",")
}

func (c *cluster) routes() string {
	var routes []string
	for i := range nodes {
		routes = append(routes, fmt.Sprintf("nats-route://%s:%d", c.address(i), c.port(i, 14322)))
	}
	return strings.Join(routes, ", ")
}

// newCluster starts the nodes.
func newCluster() (c *cluster, err error) {
	c = &cluster{}
	if c.dir, err = os.MkdirTemp("", "soak"); err != nil {
		return nil, err
	}
	unplug() // what a run that was killed left
	if err := plug(); err != nil {
		unplug()
		fmt.Fprintln(os.Stderr, "soak: no networks of their own, so none is cut:", err)
	} else {
		c.networks = true
	}
	for i := range nodes {
		name := fmt.Sprint("node", i)
		store := c.file(name)
		if err := os.Mkdir(store, 0o700); err != nil {
			return nil, errors.Join(err, c.remove())
		}
		if *disk != "" {
			if err := command("mount", "-t", "tmpfs", "-o", "size="+*disk, "soak", store); err != nil {
				return nil, errors.Join(err, c.remove())
			}
		}
		config := fmt.Sprintf("server_name: %s\nlisten: \"%s:%d\"\nping_interval: \"2s\"\njetstream { store_dir: %q }\ncluster { name: soak, listen: \"%s:%d\", ping_interval: \"2s\", routes: [ %s ] }\n",
			name, c.address(i), c.port(i, 14222), store, c.address(i), c.port(i, 14322), c.routes())
		if err := os.WriteFile(c.file(name+".conf"), []byte(config), 0o600); err != nil {
			return nil, errors.Join(err, c.remove())
		}
		p := &process{name: name, host: i, args: []string{*serverBin, "-c", c.file(name + ".conf")}, errs: c.file(name + ".log")}
		c.nodes = append(c.nodes, p)
		if err := c.start(p); err != nil {
			return nil, errors.Join(err, c.remove())
		}
	}
	return c, nil
}

// remove ends the nodes and takes away what was made.
func (c *cluster) remove() error {
	errs := []error{c.end(c.nodes)}
	if *disk != "" {
		for i := range nodes {
			errs = append(errs, command("umount", c.file(fmt.Sprint("node", i))))
		}
	}
	unplug()
	return errors.Join(append(errs, os.RemoveAll(c.dir))...)
}

// worker is the command line of a worker of madoguchi, echoes that of one that
// echoes.
func (c *cluster) worker(prefix string) []string {
	return []string{*binary, "worker", "--nats", c.url(), "--prefix", prefix, "--replicas", fmt.Sprint(nodes), "--ack-wait", fmt.Sprint(ackWait), "--concurrency", "1"}
}

func (c *cluster) echoes(prefix string) []string {
	return []string{os.Args[0], "-echo", c.url(), prefix}
}

// work starts workers.
func (r *run) work(count int, args func(prefix string) []string) (hands []*process, err error) {
	for i := range count {
		p := &process{name: fmt.Sprint("worker", i), host: nodes + i, args: args(r.config.Prefix), errs: r.file(fmt.Sprint("worker", i, ".log"))}
		if err := r.start(p); err != nil {
			return nil, errors.Join(err, r.end(hands))
		}
		hands = append(hands, p)
	}
	return hands, nil
}

func (c *cluster) end(list []*process) (err error) {
	for _, p := range list {
		err = errors.Join(err, p.kill())
	}
	return err
}

func (c *cluster) start(p *process) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	args := p.args
	if c.networks {
		args = append([]string{"ip", "netns", "exec", host(p.host)}, args...)
	}
	f, err := os.OpenFile(p.errs, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // the process has its own
	p.cmd = exec.Command(args[0], args[1:]...)
	p.cmd.Stdout, p.cmd.Stderr = io.Discard, f
	return p.cmd.Start()
}

// kill ends a process with SIGKILL; "ip netns exec" has become the process itself.
func (p *process) kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.cmd.Process.Kill()
	_ = p.cmd.Wait() // it was killed
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// used is the processor time that processes have used so far.
func used(list []*process) (sum time.Duration) {
	const tick = 10 * time.Millisecond // USER_HZ
	for _, p := range list {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		if err != nil {
			continue // it has ended
		}
		var user, system int64
		f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		if _, err := fmt.Sscan(f[11]+" "+f[12], &user, &system); err == nil {
			sum += time.Duration(user+system) * tick
		}
	}
	return sum
}

func command(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// hosts is how many networks are needed: for nodes and workers.
func hosts() int { return nodes + max(*workers, slices.Max(tried)) }

func host(i int) string { return fmt.Sprint("soak", i) }
func link(i int) string { return fmt.Sprint("soakv", i) }

// plug makes a network for each host, all plugged into one bridge.
func plug() error {
	ip := func(words string) error { return command("ip", strings.Fields(words)...) }
	errs := []error{ip("link add " + bridge + " type bridge"), ip("link set " + bridge + " up"), ip("addr add " + gateway + "/24 dev " + bridge)}
	for i := range hosts() {
		h, l := host(i), link(i)
		errs = append(errs, ip("netns add "+h), ip("link add "+l+" type veth peer name eth0 netns "+h), ip("link set "+l+" master "+bridge+" up"),
			ip(fmt.Sprintf("-n %s addr add %s%d/24 dev eth0", h, subnet, 10+i)), ip("-n "+h+" link set eth0 up"), ip("-n "+h+" link set lo up"))
	}
	return errors.Join(errs...)
}

func unplug() {
	for i := range hosts() {
		_ = command("ip", "link", "del", link(i)) // there may be none
		_ = command("ip", "netns", "del", host(i))
	}
	_ = command("ip", "link", "del", bridge)
}

// echoing is a worker whose engine gives back what it gets.
func echoing() error {
	url, prefix := flag.Arg(0), flag.Arg(1)
	config := configured(prefix)
	config.Concurrency = 1
	nc, err := connect(url)
	if err != nil {
		return err
	}
	defer nc.Close()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	w := stream.Worker{Config: config, Conn: nc, Log: slog.New(slog.DiscardHandler), Judge: func(_ context.Context, line []byte) ([]byte, error) { return line, nil }}
	for ctx.Err() == nil {
		if err := w.Run(ctx); err == nil {
			break
		}
		time.Sleep(time.Second) // until the streams can be reached
	}
	return nil
}
