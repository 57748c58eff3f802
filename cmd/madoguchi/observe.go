package main

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"
)

// traceFlags say where traces go.
type traceFlags struct {
	Traces      string  `help:"Send traces, which name routes, numbers and times but no content, to this OpenTelemetry collector (OTLP over HTTP)." placeholder:"URL"`
	TracesShare float64 `help:"Of how many requests or messages, from 0 to 1; what is traced already goes on." default:"1"`
}

// tracer returns where traces are told, nil where nowhere, and a function that
// sends what is left.
func (f *traceFlags) tracer(log *slog.Logger) (trace.Tracer, func(), error) {
	if f.Traces == "" {
		return nil, func() {}, nil
	}
	to, err := otlptracehttp.New(context.Background(), otlptracehttp.WithEndpointURL(f.Traces))
	if err != nil {
		return nil, nil, &usageError{err, "give --traces http://127.0.0.1:4318/v1/traces, for example"}
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) { log.Warn("traces cannot be sent") }))
	p := sdk.NewTracerProvider(sdk.WithBatcher(to), sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(f.TracesShare))),
		sdk.WithResource(resource.NewWithAttributes(semconv.SchemaURL, semconv.ServiceName("madoguchi"), semconv.ServiceVersion(version))))
	return p.Tracer("github.com/madoguchi/madoguchi"), func() {
		const patience = 5 * time.Second
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = p.Shutdown(ctx) // the handler has told
	}, nil
}
