/** OpenTelemetry, into a file. */
import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import { SpanStatusCode } from "@opentelemetry/api"
import { DataPointType, PeriodicExportingMetricReader, type PushMetricExporter } from "@opentelemetry/sdk-metrics"
import { BatchSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base"
import { Effect, Layer } from "effect"
import { appendFile, mkdir } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Settings } from "./Settings.js"

/** The name of the file in the desk's folder. */
export const telemetryOf = (folder: string): string => join(folder, "telemetry.jsonl")

type Done = Parameters<SpanExporter["export"]>[1]

const millis = ([seconds, nanos]: readonly [number, number]): number => seconds * 1_000 + nanos / 1_000_000

/** Adds documents to a file, a line each, and tells OpenTelemetry how it went. */
const writer = (file: string) => (documents: ReadonlyArray<object>, done: Done): void => {
  const lines = documents.map((document) => `${JSON.stringify(document)}\n`).join("")
  mkdir(dirname(file), { recursive: true, mode: 0o700 }).then(() => appendFile(file, lines, { mode: 0o600 })).then(
    () => done({ code: 0 }),
    (error: unknown) => done({ code: 1, error: error instanceof Error ? error : new Error(String(error)) })
  )
}

const nothing = () => Promise.resolve()

const spans = (write: ReturnType<typeof writer>): SpanExporter => ({
  export: (spans, done) =>
    write(
      spans.map((span) => ({
        span: span.name,
        trace: span.spanContext().traceId,
        id: span.spanContext().spanId,
        parent: span.parentSpanContext?.spanId,
        at: new Date(millis(span.startTime)).toISOString(),
        millis: millis(span.duration),
        failed: span.status.code === SpanStatusCode.ERROR ? span.status.message ?? true : undefined,
        ...span.attributes
      })),
      done
    ),
  shutdown: nothing
})

const metrics = (write: ReturnType<typeof writer>): PushMetricExporter => ({
  export: ({ scopeMetrics }, done) =>
    write(
      scopeMetrics.flatMap(({ metrics }) => metrics).flatMap((metric) =>
        metric.dataPointType === DataPointType.SUM || metric.dataPointType === DataPointType.GAUGE
          ? metric.dataPoints.map(({ attributes, endTime, value }) => ({
            metric: metric.descriptor.name,
            value,
            at: new Date(millis(endTime)).toISOString(),
            ...attributes
          }))
          : []
      ),
      done
    ),
  forceFlush: nothing,
  shutdown: nothing
})

/**
 * Spans and metrics into a file, as lines of JSON: each call to X, each ticket,
 * and what it costs. For a collector of yours, put the exporters of
 * `@opentelemetry/exporter-trace-otlp-http` and `-metrics-otlp-http` here.
 *
 * What is not written yet when the process is killed is lost, so it is written often.
 */
export const Telemetry = Layer.unwrapEffect(Effect.map(Settings, ({ folder }) => {
  const write = writer(telemetryOf(folder))
  return NodeSdk.layer(() => ({
    resource: { serviceName: "support-desk" },
    spanProcessor: new BatchSpanProcessor(spans(write), { scheduledDelayMillis: 500 }),
    metricReader: new PeriodicExportingMetricReader({
      exporter: metrics(write),
      exportIntervalMillis: 5_000,
      exportTimeoutMillis: 2_000
    })
  }))
}))
