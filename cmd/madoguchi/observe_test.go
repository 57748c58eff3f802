package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// TestTraces: a collector is told of a request by its route, within the trace that
// it came with, and so is the log; neither of what was in it.
func TestTraces(t *testing.T) {
	var mu sync.Mutex
	var raw bytes.Buffer
	names := map[string]string{} // of spans, with their trace
	to := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		var got collector.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(b, &got) != nil {
			t.Error("no traces are sent")
		}
		mu.Lock()
		defer mu.Unlock()
		raw.Write(b)
		for _, rs := range got.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					names[s.Name] = string(s.TraceId)
				}
			}
		}
	}))
	defer to.Close()
	at, end := started(t, "--traces", to.URL, "--log", "requests")
	const canary = "canary-7f3a"
	for _, path := range []string{"v1/check?q=" + canary, "v1/cases/" + canary + "/entries"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at+path, strings.NewReader(`{"text":"`+canary+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("User-Agent", canary)
		r.Header.Set("Traceparent", "00-0102030405060708090a0b0c0d0e0f10-0102030405060708-01")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	log := end()
	mu.Lock()
	defer mu.Unlock()
	for _, route := range []string{"POST /v1/check", "POST /v1/cases/{id}/entries"} {
		if names[route] != "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10" {
			t.Errorf("%s is not within its trace: %q", route, names)
		}
		if !strings.Contains(log, `"route":"`+route+`"`) {
			t.Errorf("%s is not in the log: %s", route, log)
		}
	}
	if strings.Contains(raw.String()+log, "canary") {
		t.Errorf("content is told: %s %s", raw.String(), log)
	}
}
