package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/madoguchi/madoguchi/internal/stream"
)

type workerCmd struct {
	NATS     string `name:"nats" help:"The server's address; several with commas." placeholder:"URL" env:"MADOGUCHI_NATS"`
	Creds    string `help:"Credentials file of the server's." placeholder:"FILE"`
	Embedded string `help:"Run JetStream in this process instead, keeping its streams in this folder; other programs reach it at --listen." placeholder:"DIR"`
	Listen   string `help:"With --embedded: the port on 127.0.0.1." default:"4222" placeholder:"PORT"`
	Metrics  string `help:"Answer /metrics (Prometheus), /healthz and /readyz at this address." placeholder:"HOST:PORT"`
	traceFlags
	Stream stream.Config `embed:"" group:"Streams, made where they are not there yet"`
}

func (c *workerCmd) Run(s *streams) error {
	if err := c.Stream.Check(); err != nil {
		return &usageError{err, "docs/config.md lists what may be set"}
	}
	if (c.NATS == "") == (c.Embedded == "") {
		return &usageError{errors.New("give --nats URL or --embedded DIR"), "for example: madoguchi worker --nats nats://127.0.0.1:4222"}
	}
	url := c.NATS
	if c.Embedded != "" {
		stop, at, err := embed(c.Embedded, c.Listen)
		if err != nil {
			return err
		}
		defer stop()
		url = at
	}
	log := slog.New(slog.NewJSONHandler(s.err, nil))
	options := []nats.Option{nats.Name("madoguchi worker"), nats.MaxReconnects(-1), nats.ReconnectWait(500 * time.Millisecond), nats.RetryOnFailedConnect(true),
		nats.PingInterval(pingInterval), nats.MaxPingsOutstanding(2), // a server that fell silent is left for another
		nats.DisconnectErrHandler(func(*nats.Conn, error) { log.Warn("the connection is lost; it is tried again") }), nats.ReconnectHandler(func(*nats.Conn) { log.Info("connected again") })}
	if c.Creds != "" {
		options = append(options, nats.UserCredentials(c.Creds))
	}
	nc, err := nats.Connect(url, options...)
	if err != nil {
		return &usageError{fmt.Errorf("no NATS server: %w", err), "check the address; nats-server -js runs one"}
	}
	defer nc.Close()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	tracer, flush, err := c.tracer(log)
	if err != nil {
		return err
	}
	defer flush()
	w := &stream.Worker{Config: c.Stream, Conn: nc, Log: log, Tracer: tracer}
	if c.Metrics != "" {
		l, err := net.Listen("tcp", c.Metrics)
		if err != nil {
			return &usageError{fmt.Errorf("cannot listen on %s: %w", c.Metrics, errors.Unwrap(err)), "another program has the port"}
		}
		watch := &http.Server{Handler: watched(w), ReadHeaderTimeout: headerTime, ErrorLog: quiet}
		go func() { _ = watch.Serve(l) }() // until it is closed
		defer func() { _ = watch.Close() }()
	}
	for {
		err = w.Run(ctx)
		if err == nil || ctx.Err() != nil {
			break
		}
		log.Warn("the streams cannot be made ready; it is tried again", "error", err.Error())
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	n := w.Counts()
	log.Info("ended", "stored", n.Stored.Load(), "stored already", n.Again.Load(), "dead letters", n.Dead.Load())
	if ctx.Err() != nil {
		return nil
	}
	return err
}

const pingInterval = 5 * time.Second

// embed runs JetStream in this process.
func embed(dir, port string) (stop func(), url string, err error) {
	var n int
	if _, err := fmt.Sscan(port, &n); err != nil || n < -1 || n > 65535 {
		return nil, "", &usageError{fmt.Errorf("--listen %q is no port", port), "give a number from 1 to 65535"}
	}
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: n, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true})
	if err != nil {
		return nil, "", &usageError{err, "give --embedded a folder that can be written to"}
	}
	srv.Start()
	const patience = 10 * time.Second
	if !srv.ReadyForConnections(patience) {
		return nil, "", &usageError{errors.New("JetStream does not start"), "another program may have the port: give --listen, or the folder to one process alone"}
	}
	return func() { srv.Shutdown(); srv.WaitForShutdown() }, srv.ClientURL(), nil
}

// watched tells how a worker does: by numbers, never with content.
func watched(w *stream.Worker) http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	n := w.Counts()
	for _, c := range []struct {
		name, help string
		value      *atomic.Int64
	}{
		{"verdicts_stored_total", "Verdicts stored.", &n.Stored},
		{"verdicts_again_total", "Verdicts found stored already.", &n.Again},
		{"dead_letters_total", "Messages that could not be judged.", &n.Dead},
		{"failures_total", "Attempts that failed and were repeated.", &n.Failed},
	} {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "madoguchi_worker_" + c.name, Help: c.help}, func() float64 { return float64(c.value.Load()) }))
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(r, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /readyz", func(rw http.ResponseWriter, _ *http.Request) {
		if !w.Ready() {
			http.Error(rw, "not connected, or the streams are not ready", http.StatusServiceUnavailable)
		}
	})
	return mux
}
