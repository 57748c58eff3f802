package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/madoguchi/madoguchi/exchange"
	"github.com/madoguchi/madoguchi/internal/api"
	"github.com/madoguchi/madoguchi/internal/casebook"
	"github.com/madoguchi/madoguchi/internal/intake"
	"github.com/madoguchi/madoguchi/internal/serve"
	"github.com/madoguchi/madoguchi/internal/web"
)

type serveCmd struct {
	Addr string `help:"Where to listen; another address than this machine's own needs --tls-cert, --tls-key, --token and --host." default:"127.0.0.1:8737" placeholder:"HOST:PORT"`
	placeFlags
	NoRecords bool          `help:"Without the casebook."`
	Idle      time.Duration `help:"Lock the casebook after resting so long." default:"10m"`
	TLSCert   string        `help:"Certificate file (PEM)." placeholder:"FILE"`
	TLSKey    string        `help:"Its key (PEM)." placeholder:"FILE"`
	Token     string        `help:"What others must show, at least 16 characters." env:"MADOGUCHI_TOKEN" placeholder:"TOKEN"`
	Host      []string      `help:"A name under which others reach it." placeholder:"NAME"`
	Log       string        `help:"Write JSON lines about faults, or all requests, by route and without content, to standard error: off, faults or requests." default:"off" enum:"off,faults,requests"`
	traceFlags
	Busy int `help:"How many requests are worked on at once; the others are told to come again. Eight a processor where it is 0."`
}

// How long a connection may take over things.
const (
	headerTime   = 10 * time.Second
	readTime     = 60 * time.Second
	restTime     = 2 * time.Minute
	shutdownTime = 15 * time.Second
)

func (c *serveCmd) Run(s *streams) error {
	o := serve.Options{Version: version, Token: c.Token, Hosts: c.Host, TLS: c.TLSCert != "" && c.TLSKey != "", Concurrent: c.Busy, Read: readHanded}
	if err := o.CheckAddress(c.Addr); err != nil {
		return &usageError{err, "leave --addr out to serve this machine alone, or give --tls-cert, --tls-key, --token (16 characters or more) and --host"}
	}
	switch c.Log {
	case "faults":
		o.Log = slog.New(slog.NewJSONHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	case "requests":
		o.Log = slog.New(slog.NewJSONHandler(s.err, nil))
	default:
		o.Log = slog.New(slog.DiscardHandler)
	}
	tracer, flush, err := c.tracer(o.Log)
	if err != nil {
		return err
	}
	defer flush()
	o.Tracer = tracer
	if !c.NoRecords {
		p, err := c.place()
		if err != nil {
			return err
		}
		if p.Store != "" { // what is wrong with it is better known now than at the first visit
			if _, err := p.Exists(); err != nil {
				return caseError(err)
			}
		}
		o.Vault = &casebook.Vault{Place: p, Idle: c.Idle}
		defer o.Vault.Close()
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return &usageError{fmt.Errorf("cannot listen on %s: %w", c.Addr, errors.Unwrap(err)), "another program has the port; give --addr 127.0.0.1:8738, for example"}
	}
	server := &http.Server{Handler: serve.Handler(o), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, IdleTimeout: restTime, MaxHeaderBytes: 64 << 10, ErrorLog: quiet}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		out, cancel := context.WithTimeout(context.Background(), shutdownTime)
		defer cancel()
		done <- server.Shutdown(out)
	}()
	scheme := "http"
	if o.TLS {
		scheme = "https"
	}
	fmt.Fprintf(s.err, "madoguchi: %s://%s/ を開いてください（終わるには Ctrl+C）\n", scheme, l.Addr())
	if o.TLS {
		err = server.ServeTLS(l, c.TLSCert, c.TLSKey)
	} else {
		err = server.Serve(l)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-done; err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// readHanded reads what was handed to the page, pictures too.
func readHanded(r io.Reader) ([]intake.Item, error) {
	var items []intake.Item
	n := 0
	err := readItems(r, func(it intake.Item) error {
		if n++; n <= web.MaxShown {
			items = append(items, it)
		}
		return nil
	})
	if n > web.MaxShown {
		items[web.MaxShown-1].Exchange.Add(exchange.Gap{Kind: exchange.GapMessages, Name: strconv.Itoa(n - web.MaxShown)})
	}
	if errors.Is(err, errNothingInPicture) {
		err = web.ErrPicture
	}
	return items, err
}

// quiet swallows what the HTTP server says of single connections: it would hold
// addresses.
var quiet = log.New(io.Discard, "", 0)

type mcpCmd struct{}

// Run speaks MCP over standard input and output.
func (mcpCmd) Run(*streams) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	out := &oneLine{w: os.Stdout}
	err := api.NewMCP(version).Run(ctx, &mcp.IOTransport{Reader: readableLines(os.Stdin, out), Writer: out})
	if errors.Is(err, context.Canceled) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// oneLine lets one writer write at a time.
type oneLine struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *oneLine) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.w.Write(b)
}

func (o *oneLine) Close() error { return nil }

// readableLines hands on the lines that are JSON. To another one it answers as JSON-RPC has
// it, and the session goes on.
func readableLines(in io.Reader, out io.Writer) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		lines := bufio.NewReaderSize(in, 1<<16)
		for {
			line, err := lines.ReadBytes('\n')
			switch {
			case len(bytes.TrimSpace(line)) == 0:
			case json.Valid(line):
				_, _ = w.Write(append(bytes.TrimSpace(line), '\n'))
			default:
				_, _ = io.WriteString(out, `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"a line that is not JSON; send one JSON-RPC message a line"}}`+"\n")
			}
			if err != nil {
				_ = w.CloseWithError(err)
				return
			}
		}
	}()
	return r
}
