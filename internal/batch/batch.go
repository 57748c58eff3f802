// Package batch judges many exchanges: JSON Lines in, JSON Lines out, in the
// order of the input, on all cores, in bounded memory.
package batch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// MaxLine is the longest line, in bytes, that is read. A longer one becomes
// an error row and is skipped without being held.
const MaxLine = 8 << 20

// Options say how to run. The zero value works.
type Options struct {
	Workers  int            // goroutines; 0: one a core
	Progress func(rows int) // called from time to time with the rows written so far
}

// Each judges one line and returns the JSON to write, without a line feed. It
// is called from several goroutines. An error becomes an error row; its text
// must hold nothing of the line's values.
type Each func(line []byte) ([]byte, error)

// Failure is the row written for a line that could not be judged.
type Failure struct {
	ID    string `json:"id"`
	Line  int    `json:"line"` // from 1
	Error string `json:"error"`
}

// LineError is an error about a line whose id is known.
type LineError struct {
	ID  string
	Err error
}

func (e *LineError) Error() string { return e.Err.Error() }
func (e *LineError) Unwrap() error { return e.Err }

// chunk is some lines on their way through.
type chunk struct {
	first int // line number of the first line, from 1
	lines [][]byte
	long  []bool // the line was longer than MaxLine
	out   bytes.Buffer
	done  chan struct{}
}

const chunkBytes = 256 << 10

// Run reads lines from r, judges each and writes one row a line to w. It
// returns how many rows it wrote and how many of them are failures. Empty
// lines are passed over. It stops at the first error of r or w.
func Run(r io.Reader, w io.Writer, each Each, o Options) (rows, failures int, err error) {
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	work := make(chan *chunk)
	queue := make(chan *chunk, workers*2) // in order of the input
	stop := make(chan struct{})
	var failed sync.Map
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for c := range work {
				failed.Store(c, judge(c, each))
				close(c.done)
			}
		}()
	}
	var readErr error
	go func() {
		readErr = read(r, work, queue, stop)
		close(work)
		close(queue)
	}()
	bw := bufio.NewWriterSize(w, 256<<10)
	var writeErr error
	for c := range queue {
		<-c.done
		if writeErr != nil {
			continue // drain, so that the reader ends
		}
		if _, writeErr = bw.Write(c.out.Bytes()); writeErr != nil {
			close(stop)
			continue
		}
		rows += len(c.lines)
		if n, ok := failed.LoadAndDelete(c); ok {
			failures += n.(int)
		}
		if o.Progress != nil {
			o.Progress(rows)
		}
		if len(queue) == 0 {
			if writeErr = bw.Flush(); writeErr != nil {
				close(stop)
			}
		}
	}
	wg.Wait()
	if writeErr == nil {
		writeErr = bw.Flush()
	}
	if writeErr != nil {
		return rows, failures, fmt.Errorf("batch: writing: %w", writeErr)
	}
	if readErr != nil {
		return rows, failures, fmt.Errorf("batch: reading: %w", readErr)
	}
	return rows, failures, nil
}

// read cuts the input into chunks of lines.
func read(r io.Reader, work, queue chan<- *chunk, stop <-chan struct{}) error {
	// A byte order mark says what the lines are written in; without one it is UTF-8.
	r = transform.NewReader(r, unicode.BOMOverride(transform.Nop))
	br := bufio.NewReaderSize(r, 256<<10)
	number := 0
	cur := &chunk{first: 1, done: make(chan struct{})}
	size := 0
	send := func() bool {
		if len(cur.lines) == 0 {
			return true
		}
		select {
		case queue <- cur:
		case <-stop:
			return false
		}
		work <- cur
		cur = &chunk{first: number + 1, done: make(chan struct{})}
		size = 0
		return true
	}
	for {
		line, long, err := readLine(br)
		if err == nil || len(line) > 0 || long {
			number++
			if t := bytes.TrimSpace(line); len(t) > 0 || long {
				if len(cur.lines) == 0 {
					cur.first = number
				}
				// Lines within a chunk are consecutive, so that numbers are
				// known: an empty line ends a chunk.
				cur.lines = append(cur.lines, t)
				cur.long = append(cur.long, long)
				size += len(line)
			} else if !send() {
				return nil
			}
		}
		// A chunk goes on when it is full, or when waiting for more input
		// would hold its rows back.
		if size >= chunkBytes || br.Buffered() == 0 {
			if !send() {
				return nil
			}
		}
		if errors.Is(err, io.EOF) {
			send()
			return nil
		}
		if err != nil {
			send()
			return err
		}
	}
}

// readLine reads a line of at most MaxLine bytes; the rest of a longer one is
// passed over and long is true.
func readLine(br *bufio.Reader) (line []byte, long bool, err error) {
	for {
		part, err := br.ReadSlice('\n')
		switch {
		case long:
		case len(line)+len(part) > MaxLine:
			long, line = true, nil
		default:
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		return line, long, err
	}
}

// judge fills in a chunk's rows and returns how many failed.
func judge(c *chunk, each Each) (failures int) {
	for i, line := range c.lines {
		var out []byte
		err := error(nil)
		if c.long[i] {
			err = fmt.Errorf("the line is longer than %d bytes: split it or shorten its text", MaxLine)
		} else {
			out, err = each(line)
		}
		if err != nil {
			failures++
			f := Failure{Line: c.first + i, Error: err.Error()}
			var le *LineError
			if errors.As(err, &le) {
				f.ID = le.ID
			}
			out, _ = json.Marshal(f)
		}
		c.out.Write(out)
		c.out.WriteByte('\n')
	}
	return failures
}
