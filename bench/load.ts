import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programs } from '../scripts/servers/programs'

export interface Load {
  connections?: number
  seconds?: number
  method?: string
  headers?: Record<string, string>
  /** Requested in turn. */
  paths?: readonly string[]
  bodies?: readonly string[]
  /** Values of a header, in turn. */
  inTurn?: { header: string; values: readonly string[] }
  /** Requests per second over all connections, each of which pauses between an answer and its next request. */
  perSecond?: number
}
export interface Loaded {
  perSecond: number
  requests: number
  meanMs: number
  p99Ms: number
}

const quoted = (values: readonly string[]) => `{${values.map(value => JSON.stringify(value)).join(',')}}`

const scriptOf = ({ connections = 32, method = 'GET', headers = {}, paths = [], bodies = [], inTurn, perSecond }: Load) => {
  const turns = Math.max(paths.length, bodies.length, inTurn?.values.length ?? 0)
  const [body] = bodies
  return [
    `wrk.method = ${JSON.stringify(method)}`,
    ...Object.entries(headers).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`),
    body === undefined ? '' : `wrk.body = ${JSON.stringify(body)}`,
    // Formatted once, so that different requests cost wrk no more than one.
    turns > 1
      ? `local paths, bodies, values, asked, n = ${quoted(paths)}, ${quoted(bodies)}, ${quoted(inTurn?.values ?? [])}, {}, 0
request = function()
  if n == 0 then
    for i = 1, ${turns} do
      if #values > 0 then wrk.headers[${JSON.stringify(inTurn?.header ?? '')}] = values[(i - 1) % #values + 1] end
      asked[i] = wrk.format(nil, paths[(i - 1) % #paths + 1], nil, bodies[(i - 1) % #bodies + 1])
    end
  end
  n = n + 1
  return asked[(n - 1) % ${turns} + 1]
end`
      : '',
    perSecond ? `delay = function() return math.random(0, ${Math.max(1, Math.round((2000 * connections) / perSecond))}) end` : '',
    `done = function(s, latency) local e = s.errors
  io.write(string.format("RESULT %d %d %d %d %f %f\\n", s.requests, s.duration, e.status, e.connect + e.read + e.write + e.timeout, latency.mean, latency:percentile(99))) end`,
  ].join('\n')
}

/** Runs wrk. An answer other than 2xx and 3xx fails the row, since refusing is faster than answering. */
export const load = async (url: string, options: Load = {}): Promise<Loaded> => {
  const { connections = 32, seconds = 4, paths: [path] = [] } = options
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const script = join(folder, 'load.lua')
    await Bun.write(script, scriptOf(options))
    const target = path === undefined ? url : new URL(path, url).href
    const command = [programs.wrk(), '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, target]
    const run = Bun.spawn(command, { stdout: 'pipe', stderr: 'pipe' })
    const [output, errors] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text(), run.exited])
    const result = /^RESULT (.*)$/m.exec(output)?.[1]
    if (!result) throw new Error(`wrk failed on ${target}: ${errors || output}`)
    const [requests = 0, micros = 0, refused = 0, broken = 0, mean = 0, p99 = 0] = result.split(' ').map(Number)
    if (requests === 0 || refused > 0 || broken > 0)
      throw new Error(`of ${requests} requests to ${target} ${refused} were refused and ${broken} failed`)
    return { perSecond: requests / (micros / 1e6), requests, meanMs: mean / 1000, p99Ms: p99 / 1000 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const rate = async (url: string, options: Load = {}): Promise<number> => (await load(url, options)).perSecond
