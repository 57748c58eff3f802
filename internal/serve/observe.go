package serve

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// observer counts, traces and logs requests by route, never by what is in them:
// paths hold ids, queries words, headers who asks.
type observer struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	tracer   trace.Tracer
	log      *slog.Logger
}

func newObserver(o *Options) *observer {
	b := &observer{prometheus.NewRegistry(),
		prometheus.NewCounterVec(prometheus.CounterOpts{Name: "madoguchi_http_requests_total", Help: "Requests answered."}, []string{"route", "status"}),
		prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "madoguchi_http_seconds", Help: "Time to answer.", Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route"}),
		noop.NewTracerProvider().Tracer(""), slog.New(slog.DiscardHandler)}
	if o.Tracer != nil {
		b.tracer = o.Tracer
	}
	if o.Log != nil {
		b.log = o.Log
	}
	b.registry.MustRegister(b.requests, b.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return b
}

// begin notes that a request came; the returned function that it was answered, and
// by which pattern.
func (b *observer) begin(r *http.Request) (context.Context, func(route string, status int)) {
	began := time.Now()
	ctx, span := r.Context(), trace.Span(noop.Span{})
	if !watched(r) {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
		ctx, span = b.tracer.Start(ctx, r.Method, trace.WithSpanKind(trace.SpanKindServer))
	}
	return ctx, func(route string, status int) {
		if route == "" {
			route = "other"
		}
		took := time.Since(began)
		b.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
		b.seconds.WithLabelValues(route).Observe(took.Seconds())
		span.SetName(route)
		span.SetAttributes(attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
		level := slog.LevelInfo
		if status >= http.StatusInternalServerError {
			level = slog.LevelWarn
			span.SetStatus(codes.Error, "")
		}
		span.End()
		if !watched(r) {
			b.log.Log(ctx, level, "answered", "route", route, "status", status, "seconds", took.Seconds(), "trace", span.SpanContext().TraceID().String())
		}
	}
}
