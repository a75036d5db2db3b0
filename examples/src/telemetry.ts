/**
 * Spans and metrics by OpenTelemetry, on the console. For a collector of yours
 * put the exporters of `@opentelemetry/exporter-trace-otlp-http` and
 * `-metrics-otlp-http` in place of these; nothing else changes.
 *
 *     npm run build && node examples/dist/telemetry.js
 */
import { DirectMessages, Merge } from "@effect-xdm/core"
import { Fixtures } from "@effect-xdm/core/testing"
import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import { ConsoleMetricExporter, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics"
import { BatchSpanProcessor, ConsoleSpanExporter } from "@opentelemetry/sdk-trace-base"
import { Effect, Layer, Stream } from "effect"
import { EmulatedInbox, run } from "./emulated.js"

const { jonas, launch, salma } = Fixtures.conversations

const Telemetry = NodeSdk.layer(() => ({
  resource: { serviceName: "effect-xdm-example" },
  spanProcessor: new BatchSpanProcessor(new ConsoleSpanExporter()),
  metricReader: new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter() })
}))

const program = Effect.flatMap(DirectMessages, (dm) =>
  Merge.conversations(dm, [jonas, salma, launch]).pipe(
    Stream.take(20),
    Stream.runDrain,
    Effect.withSpan("newest twenty")
  ))

// What is left to be exported goes out when the layer is closed.
run(Effect.provide(program, Layer.merge(EmulatedInbox, Telemetry)))
