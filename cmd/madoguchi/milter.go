package main

import (
	"context"
	"fmt"
	"log/slog"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/madoguchi/madoguchi/internal/gateway"
)

type milterCmd struct {
	Listen     string        `help:"Where the mail server finds it." default:"inet:127.0.0.1:8892" placeholder:"inet:HOST:PORT|unix:/PATH"`
	ID         string        `help:"Who says it in Authentication-Results: the mail server's own name." required:"" placeholder:"HOST"`
	Stop       string        `help:"What becomes of a mail to stop at." enum:"pass,tag,quarantine,reject" default:"quarantine"`
	Caution    string        `help:"What becomes of a mail to confirm first." enum:"pass,tag,quarantine,reject" default:"tag"`
	Closed     bool          `help:"Put off a mail that cannot be judged; without it, it is let through and bears X-Madoguchi-Level: none."`
	MaxBody    int64         `help:"Bytes of a mail's body that are read; a longer mail is at least confirmed first." default:"16777216" placeholder:"BYTES"`
	Concurrent int           `help:"Mails judged at once; 0 is twice the processors." default:"0"`
	Deadline   time.Duration `help:"Time for one mail." default:"20s"`
}

// Run judges mails for a mail server by the milter protocol until it is told to end.
func (c *milterCmd) Run(s *streams) error {
	if c.Concurrent <= 0 {
		c.Concurrent = 2 * runtime.GOMAXPROCS(0)
	}
	if c.MaxBody < 1024 || c.Deadline <= 0 {
		return &usageError{fmt.Errorf("--max-body %d, --deadline %s: too small", c.MaxBody, c.Deadline), "leave them out, or give 1048576 and 20s"}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewJSONHandler(s.err, nil))
	m, err := gateway.Serve(gateway.Options{Listen: c.Listen, ID: c.ID, Stop: gateway.Action(c.Stop), Caution: gateway.Action(c.Caution), Closed: c.Closed, MaxBody: c.MaxBody, Concurrent: int64(c.Concurrent), Deadline: c.Deadline, Log: log})
	if err != nil {
		return &usageError{err, "for example: madoguchi milter --id mail.example.jp --listen inet:127.0.0.1:8892"}
	}
	log.Info("ready", "address", m.Addr())
	<-ctx.Done()
	const patience = 30 * time.Second
	end, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err = m.Shutdown(end)
	log.Info("ended", "judged", m.Judged.Load(), "not judged", m.Failed.Load())
	return err
}
