/** Everything that a program could print, to look for secrets in. */
import { Cause, type Exit, HashMap, Logger, Tracer } from "effect"
import * as util from "node:util"

export interface Span extends Tracer.Span {
  readonly events: Array<readonly [name: string, attributes: Record<string, unknown> | undefined]>
  exit: Exit.Exit<unknown, unknown> | undefined
}

/** A tracer that keeps its spans. */
export const memoryTracer = () => {
  const spans: Array<Span> = []
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      const attributes = new Map<string, unknown>()
      const span: Span = {
        _tag: "Span",
        name,
        spanId: String(spans.length),
        traceId: "trace",
        parent,
        context,
        links,
        kind,
        attributes,
        events: [],
        exit: undefined,
        sampled: true,
        status: { _tag: "Started", startTime },
        attribute: (key, value) => void attributes.set(key, value),
        event: (event, _, more) => void span.events.push([event, more]),
        addLinks: () => {},
        end: (_, exit) => void (span.exit = exit)
      }
      spans.push(span)
      return span
    },
    context: (f) => f()
  })
  return { spans, tracer }
}

/** Every form in which an error is likely to be printed. */
export const printed = (error: unknown): ReadonlyArray<string> => [
  String(error),
  error instanceof Error ? `${error.message}\n${error.stack}` : "",
  JSON.stringify(error),
  util.inspect(error, { depth: 20, showHidden: true, getters: true }),
  util.inspect(JSON.parse(JSON.stringify(error)), { depth: 20 }),
  Cause.pretty(Cause.fail(error)),
  Cause.pretty(Cause.fail(error), { renderErrorCause: true }),
  JSON.stringify(Cause.fail(error)),
  util.inspect(Cause.fail(error), { depth: 20, showHidden: true })
]

/** A logger that keeps what it is given, in every form in which loggers print. */
export const memoryLogger = () => {
  const logs: Array<string> = []
  const logger = Logger.make((entry) => {
    logs.push(Logger.logfmtLogger.log(entry), JSON.stringify(Logger.structuredLogger.log(entry)))
    logs.push(Logger.jsonLogger.log(entry), util.inspect(entry.message, { depth: 20, showHidden: true }))
    logs.push(Cause.pretty(entry.cause), JSON.stringify(Object.fromEntries(HashMap.toEntries(entry.annotations))))
  })
  return { logs, logger }
}

/** Every form in which a span is likely to be printed. */
export const printedSpan = (span: Span): ReadonlyArray<string> => [
  span.name,
  util.inspect([...span.attributes], { depth: 20, showHidden: true }),
  util.inspect(span.events, { depth: 20, showHidden: true }),
  util.inspect(span.exit, { depth: 20, showHidden: true })
]

/** Any piece of a secret: twelve characters of it are enough to call it shown. */
export const pieces = (secret: string): RegExp =>
  new RegExp(
    Array.from({ length: secret.length - 11 }, (_, i) => secret.slice(i, i + 12).replace(/[^\w-]/g, "\\$&")).join("|")
  )
