import { second } from '#shared/time'

/** What an instance has counted since it started, and how it is at this moment. */
export interface Reading {
  requests: number
  errors: number
  /** Checks of its health and readings of its figures, and what the control room itself asks. */
  probes: number
  /** Requests by how long they took: up to each bound in seconds, cumulative. The last one is without a bound. */
  latency: [bound: number, count: number][]
  cpuSeconds: number
  memoryBytes: number
  handled: Record<string, number>
  retried: number
  deadLettered: number
  beingHandled: number
  held: number
  outbox: number
  outboxAgeSeconds: number
}

/** What happened between two readings, for each second, and the state at the later one. */
export interface Figures {
  requests: number
  errors: number
  probes: number
  p50_ms: number | null
  p99_ms: number | null
  /** 1 is one processor that is busy all the time. */
  cpu: number
  memory_bytes: number
  handled: number
  retried: number
  dead_lettered: number
  being_handled: number
  held: number
  outbox: number
  outbox_age_seconds: number
}

const probes = /^\/(?:health|ready|metrics)$|^\/api\/discovery\/(?:health|overview|history|queues|stream)$/
const sample = /^(\w+)(?:\{(.*)\})? (\S+)$/

const labelsOf = (text: string | undefined): Record<string, string> =>
  Object.fromEntries([...(text ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]))

/** Metrics that are summed over their labels, and what they are here. */
const plain = {
  process_cpu_seconds_total: 'cpuSeconds',
  process_resident_memory_bytes: 'memoryBytes',
  events_retried_total: 'retried',
  events_dead_lettered_total: 'deadLettered',
  events_being_handled: 'beingHandled',
  events_held: 'held',
  outbox_waiting: 'outbox',
  outbox_oldest_age_seconds: 'outboxAgeSeconds',
} as const
const isPlain = (name: string): name is keyof typeof plain => Object.hasOwn(plain, name)
/** JSON has no infinity. */
const unbounded = 1e9

/** Reads the metrics that every service has, in the text format of Prometheus. What is not there counts as 0. */
export const readingOf = (text: string): Reading => {
  const reading: Reading = { ...nothing, handled: {}, latency: [] }
  const latency = new Map<number, number>()
  const answered = (value: number, { route = '', status = '' }: Record<string, string>) => {
    if (probes.test(route)) reading.probes += value
    else {
      reading.requests += value
      if (status.startsWith('5')) reading.errors += value
    }
  }
  const within = (value: number, { route = '', le = '' }: Record<string, string>) => {
    if (probes.test(route)) return
    const bound = le === '+Inf' ? unbounded : Number(le)
    latency.set(bound, (latency.get(bound) ?? 0) + value)
  }
  for (const line of text.split('\n')) {
    const [, name = '', labels, written] = sample.exec(line) ?? []
    const value = Number(written)
    if (isPlain(name)) reading[plain[name]] += value
    else if (name === 'http_request_duration_seconds_count') answered(value, labelsOf(labels))
    else if (name === 'http_request_duration_seconds_bucket') within(value, labelsOf(labels))
    else if (name === 'events_handled_total') {
      const { type = '' } = labelsOf(labels)
      reading.handled[type] = (reading.handled[type] ?? 0) + value
    }
  }
  reading.latency = inOrder(latency)
  return reading
}

const nothing = {
  requests: 0,
  errors: 0,
  probes: 0,
  cpuSeconds: 0,
  memoryBytes: 0,
  retried: 0,
  deadLettered: 0,
  beingHandled: 0,
  held: 0,
  outbox: 0,
  outboxAgeSeconds: 0,
}
const inOrder = (latency: ReadonlyMap<number, number>) => [...latency].sort(([a], [b]) => a - b)

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0)

/** The latency in milliseconds below which `share` of the requests were answered, by the straight line through its bucket. */
export const quantile = (latency: readonly [bound: number, count: number][], share: number): number | null => {
  const total = latency.at(-1)?.[1] ?? 0
  if (total <= 0) return null
  const rank = share * total
  let [from, below] = [0, 0]
  for (const [bound, count] of latency) {
    // Above the last bound nothing is known but that it took longer.
    if (bound >= unbounded) return from * second
    if (count >= rank && count > below) return (from + ((bound - from) * (rank - below)) / (count - below)) * second
    from = bound
    below = count
  }
  return from * second
}

const latencyBetween = (before: Reading, after: Reading): [number, number][] => {
  const known = new Map(before.latency)
  return after.latency.map(([bound, count]) => [bound, count - (known.get(bound) ?? 0)])
}

/** `seconds` lie between the two readings of one instance. */
export const figuresBetween = (before: Reading, after: Reading, seconds: number): Figures => {
  const perSecond = (from: number, to: number) => Math.max(0, to - from) / seconds
  const latency = latencyBetween(before, after)
  return {
    requests: perSecond(before.requests, after.requests),
    errors: perSecond(before.errors, after.errors),
    probes: perSecond(before.probes, after.probes),
    p50_ms: quantile(latency, 0.5),
    p99_ms: quantile(latency, 0.99),
    cpu: perSecond(before.cpuSeconds, after.cpuSeconds),
    memory_bytes: after.memoryBytes,
    handled: perSecond(sum(before.handled), sum(after.handled)),
    retried: perSecond(before.retried, after.retried),
    dead_lettered: perSecond(before.deadLettered, after.deadLettered),
    being_handled: after.beingHandled,
    held: after.held,
    outbox: after.outbox,
    outbox_age_seconds: after.outboxAgeSeconds,
  }
}

/** Readings of several instances as if they were one. */
export const together = (readings: readonly Reading[]): Reading => {
  const handled: Record<string, number> = {}
  const latency = new Map<number, number>()
  for (const reading of readings) {
    for (const [type, count] of Object.entries(reading.handled)) handled[type] = (handled[type] ?? 0) + count
    for (const [bound, count] of reading.latency) latency.set(bound, (latency.get(bound) ?? 0) + count)
  }
  const total = (of: (reading: Reading) => number) => readings.reduce((all, reading) => all + of(reading), 0)
  return {
    requests: total(one => one.requests),
    errors: total(one => one.errors),
    probes: total(one => one.probes),
    latency: inOrder(latency),
    cpuSeconds: total(one => one.cpuSeconds),
    memoryBytes: total(one => one.memoryBytes),
    handled,
    retried: total(one => one.retried),
    deadLettered: total(one => one.deadLettered),
    beingHandled: total(one => one.beingHandled),
    held: total(one => one.held),
    // Every instance of a service counts the one outbox of its database.
    outbox: Math.max(0, ...readings.map(one => one.outbox)),
    outboxAgeSeconds: Math.max(0, ...readings.map(one => one.outboxAgeSeconds)),
  }
}

/** The types that were handled between two readings, for each second. */
export const handledBetween = (before: Reading, after: Reading, seconds: number): Record<string, number> =>
  Object.fromEntries(
    Object.entries(after.handled).flatMap(([type, count]) => {
      const rate = (count - (before.handled[type] ?? 0)) / seconds
      return rate > 0 ? [[type, rate]] : []
    }),
  )
