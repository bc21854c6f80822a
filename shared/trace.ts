import type { Span as OtelSpan, SpanContext } from '@opentelemetry/api'
import { currentContext, withContext } from './context'
import { within } from './deadline'
import { AppError, statusOf } from './errors'
import type { ServiceName } from './platform'

interface Span {
  /** The route of a request is known only once it is matched. */
  rename(name: string): void
  set(attributes: Record<string, string | number | boolean>): void
  /** Marks it as failed, for work that does not throw its failure. */
  fail(type: string): void
}
interface SpanOptions {
  kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal'
  attributes?: Record<string, string | number | boolean>
  /** The trace begins here, because no caller sent a `traceparent`. */
  root?: boolean
}
export interface Tracer {
  /** Runs a piece of work as a span. Its calls and events continue from this span. */
  span<T>(name: string, options: SpanOptions, work: (span: Span) => T): T
  close(): Promise<void>
}

const silent: Span = { rename: () => {}, set: () => {}, fail: () => {} }
/** Records nothing. The ids are still passed on, by the context. */
export const noTracer: Tracer = { span: (_name, _options, work) => work(silent), close: async () => {} }

interface TracerOptions {
  service: ServiceName
  version?: string
  /** Where spans are sent by OTLP over HTTP. Without an endpoint nothing is loaded and nothing recorded. */
  endpoint?: string | undefined
  /** The share of traces that is recorded, from 0 to 1. */
  ratio?: number
}

const closeWithinMs = 3000

export const createTracer = async ({ service, version, endpoint, ratio = 0.1 }: TracerOptions): Promise<Tracer> => {
  if (!endpoint) return noTracer
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  // By the trace's id, so that every service decides alike, also for an event whose publisher recorded nothing.
  const byTraceId = new sdk.TraceIdRatioBasedSampler(ratio)
  const sampled = (traceId: string, flags: string) =>
    (Number.parseInt(flags, 16) & 1) === 1 ||
    byTraceId.shouldSample(api.ROOT_CONTEXT, traceId).decision === sdk.SamplingDecision.RECORD_AND_SAMPLED
  const ids = new sdk.RandomIdGenerator()
  let traceOfRoot = ''
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces`, timeoutMillis: closeWithinMs })
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `${service}-service`, ...(version && { 'service.version': version }) }),
    sampler: new sdk.AlwaysOnSampler(),
    // A trace keeps the id that is already in its log lines.
    idGenerator: { generateTraceId: () => traceOfRoot, generateSpanId: () => ids.generateSpanId() },
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, maxQueueSize: 2048, scheduledDelayMillis: 2000 })],
  })
  const tracer = provider.getTracer('shop')
  const kinds = {
    server: api.SpanKind.SERVER,
    client: api.SpanKind.CLIENT,
    producer: api.SpanKind.PRODUCER,
    consumer: api.SpanKind.CONSUMER,
    internal: api.SpanKind.INTERNAL,
  }

  const fail = (span: OtelSpan, error: unknown) => {
    // The code, never the message, which may contain personal data.
    const code = error instanceof AppError ? error.code : error instanceof Error ? error.name : 'unknown'
    span.setAttribute('error.type', code)
    const refused = error instanceof AppError && statusOf[error.kind] < 500
    if (!refused) span.setStatus({ code: api.SpanStatusCode.ERROR })
    span.end()
  }

  return {
    span(name, { kind, attributes = {}, root = false }, work) {
      const context = currentContext()
      const [, traceId = '', spanId = '', flags = '00'] = context.traceparent.split('-')
      if (!sampled(traceId, flags)) return work(silent)
      traceOfRoot = traceId
      const parent: SpanContext = { traceId, spanId, traceFlags: api.TraceFlags.SAMPLED, isRemote: true }
      const from = root ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, parent)
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes }, from)
      const traceparent = `00-${traceId}-${span.spanContext().spanId}-01`
      const handle = {
        rename: (later: string) => void span.updateName(later),
        set: (more: typeof attributes) => void span.setAttributes(more),
        fail: (type: string) => void span.setAttribute('error.type', type).setStatus({ code: api.SpanStatusCode.ERROR }),
      }
      return withContext({ ...context, traceparent }, () => {
        try {
          const result = work(handle)
          if (!(result instanceof Promise)) {
            span.end()
            return result
          }
          result.then(
            () => span.end(),
            error => fail(span, error),
          )
          return result
        } catch (error) {
          fail(span, error)
          throw error
        }
      })
    },
    async close() {
      await within(
        closeWithinMs,
        provider.shutdown().catch(() => {}),
      )
    },
  }
}
