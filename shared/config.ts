import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { type ServiceName, services } from './platform'

/** The only place that reads the environment. Every setting may also come from a file, named by `<NAME>_FILE`. */
export type Environment = Readonly<Record<string, string | undefined>>

const contentOf = (name: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new Error(`${name} names a file that cannot be read`)
  }
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export const settings = (env: Environment = process.env) => {
  const optional = (name: string): string | undefined => {
    const file = env[`${name}_FILE`]
    return (file ? contentOf(`${name}_FILE`, file) : env[name]) || undefined
  }
  const text = (name: string, fallback?: string): string => {
    const value = optional(name) ?? fallback
    if (value === undefined) throw new Error(`${name} is not set; .env.example lists every setting`)
    return value
  }
  const integer = (name: string, fallback: number, maximum = Number.MAX_SAFE_INTEGER): number => {
    const value = optional(name)
    if (value === undefined) return fallback
    if (!/^\d{1,15}$/.test(value) || Number(value) > maximum) throw new Error(`${name} must be a whole number up to ${maximum}`)
    return Number(value)
  }
  const oneOf = <T extends string>(name: string, values: readonly T[], fallback: T): T => {
    const found = values.find(value => value === text(name, fallback))
    if (found === undefined) throw new Error(`${name} must be one of ${values.join(', ')}`)
    return found
  }
  const secret = (name: string): string => {
    const value = text(name)
    if (value.length < 32) throw new Error(`${name} must have at least 32 characters`)
    return value
  }
  return { optional, text, integer, oneOf, secret }
}
export type Settings = ReturnType<typeof settings>

export const retryDelays = (read: Pick<Settings, 'text'>): number[] => {
  const list = read.text('RETRY_DELAYS_MS', '1000,5000,30000')
  if (!/^\d{1,9}(,\d{1,9}){0,9}$/.test(list)) throw new Error('RETRY_DELAYS_MS must be milliseconds, separated by commas')
  return list.split(',').map(Number)
}
const share = (name: string, value: string): number => {
  if (!/^(0(\.\d+)?|1(\.0+)?)$/.test(value)) throw new Error(`${name} must be a number from 0 to 1`)
  return Number(value)
}

export const readConfig = (service: ServiceName, env?: Environment) => {
  const read = settings(env)
  const base = read.integer('PORT_BASE', 8000, 65_000)
  const host = read.text('HOST', '127.0.0.1')
  const forService = (name: string) => read.text(name).replaceAll('{service}', service)
  return {
    ...read,
    service,
    host,
    port: read.integer('PORT', base + services[service].port - 8000, 65_535),
    advertiseHost: read.text('ADVERTISE_HOST', host === '0.0.0.0' ? hostname() : host),
    version: read.text('RELEASE', '0.1.0'),
    logLevel: read.oneOf('LOG_LEVEL', levels, 'info'),
    internalKey: read.secret('INTERNAL_KEY'),
    brokerPrefix: read.text('BROKER_PREFIX', ''),
    retryDelaysMs: retryDelays(read),
    /** The share of traces that is recorded, from 0 to 1. */
    traceRatio: share('OTEL_TRACES_SAMPLER_ARG', read.text('OTEL_TRACES_SAMPLER_ARG', '0.1')),
    otlpEndpoint: read.optional('OTEL_EXPORTER_OTLP_ENDPOINT'),
    mysqlUrl: () => forService('MYSQL_URL'),
    mongoUrl: () => forService('MONGO_URL'),
    redisUrl: read.text('REDIS_URL'),
    rabbitmqUrl: read.text('RABBITMQ_URL'),
  }
}
export type Config = ReturnType<typeof readConfig>
