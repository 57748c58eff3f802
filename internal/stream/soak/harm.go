package main

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// harm is done to nodes and workers, one thing after the other: never to two nodes
// at once, as three bear the loss of one, but for disks that are all full.
type harm struct {
	*cluster
	hands  []*process
	random *rand.Rand
	done   map[string]int
}

// begin does harm until it is stopped; all is mended then.
func (h *harm) begin() (stop func() error) {
	end := make(chan struct{})
	var err error
	var doing sync.WaitGroup
	doing.Go(func() {
		for i := 0; *every > 0 && err == nil; i++ {
			select {
			case <-end:
				return
			case <-time.After(*every):
				err = h.one(i)
			}
		}
	})
	return sync.OnceValue(func() error {
		close(end)
		doing.Wait()
		return err
	})
}

// How long something is away.
const (
	killedFor = 2 * time.Second
	cutFor    = 15 * time.Second // longer than an election and than ackWait
	fullFor   = 10 * time.Second
)

func (h *harm) one(i int) error {
	node, hand := h.nodes[h.random.IntN(nodes)], h.hands[h.random.IntN(len(h.hands))]
	type fault struct {
		what string
		do   func() error
	}
	faults := []fault{
		{"workers killed", func() error { return h.restart(hand) }},
		{"nodes killed", func() error { return h.restart(node) }},
	}
	if h.networks {
		faults = append(faults, fault{"workers cut off", func() error { return h.cut(hand) }}, fault{"nodes cut off", func() error { return h.cut(node) }})
	}
	if *disk != "" {
		faults = append([]fault{{"disks full", func() error { return h.fill(node) }}, {"times all disks full", func() error { return h.fill(h.nodes...) }}}, faults...)
	}
	f := faults[i%len(faults)]
	h.done[f.what]++
	return f.do()
}

func (h *harm) restart(list ...*process) error {
	err := h.end(list)
	time.Sleep(killedFor)
	for _, p := range list {
		err = errors.Join(err, h.start(p))
	}
	return err
}

// cut takes a process off the network.
func (h *harm) cut(p *process) error {
	if err := command("ip", "link", "set", link(p.host), "down"); err != nil {
		return err
	}
	time.Sleep(cutFor)
	return command("ip", "link", "set", link(p.host), "up")
}

// fill leaves no room on disks, then makes room again. A node that found its disk
// full takes part no more until it is started anew.
func (h *harm) fill(list ...*process) error {
	for _, p := range list {
		f, err := os.Create(h.ballast(p))
		if err != nil {
			return err
		}
		block := make([]byte, 1<<20)
		for err == nil {
			_, err = f.Write(block)
		}
		if errors.Is(err, syscall.ENOSPC) {
			err = nil
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	time.Sleep(fullFor)
	for _, p := range list {
		if err := os.Remove(h.ballast(p)); err != nil {
			return err
		}
	}
	return h.restart(list...)
}

func (h *harm) ballast(p *process) string {
	return filepath.Join(h.file(p.name), "ballast")
}
