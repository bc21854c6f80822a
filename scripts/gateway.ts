import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { type ServiceName, services } from '#shared/platform'
import { programs } from './servers/programs'

/** Where the live instances of each service listen, as `host:port`. */
export type Upstreams = Partial<Record<ServiceName, readonly string[]>>

export interface GatewayOptions {
  dir: string
  port: number
  upstreams: Upstreams
  /** What gateway/prepare.sh reads: RATE_LIMIT, CORS_ORIGINS, TLS_CERT … */
  settings?: Record<string, string | undefined>
  /** The Nginx to run, when it is not the one on this machine. */
  program?: string
  onLine?: (line: string) => void
}

export type Gateway = Awaited<ReturnType<typeof startGateway>>

const folder = join(import.meta.dir, '..', 'gateway')

/** One upstream a service. A service without live instances keeps its place, and Nginx answers 503 for it. */
export const upstreamsConf = (upstreams: Upstreams): string =>
  Object.keys(services)
    .map(name => {
      const live = upstreams[name as ServiceName] ?? []
      const servers = live.length > 0 ? live.map(address => `${address} max_fails=0`) : ['127.0.0.1:1 down']
      const lines = [`zone ${name} 64k`, ...servers.map(server => `server ${server}`), 'keepalive 32', 'keepalive_timeout 15s']
      return `\nupstream ${name} {\n${[...lines, 'keepalive_requests 10000'].map(line => `  ${line};\n`).join('')}}\n`
    })
    .join('')

const writeUpstreams = (dir: string, upstreams: Upstreams) => {
  const path = join(dir, 'upstreams.conf')
  writeFileSync(`${path}.new`, upstreamsConf(upstreams))
  renameSync(`${path}.new`, path)
}

const until = async (what: string, timeoutMs: number, check: () => boolean | Promise<boolean>) => {
  const deadline = Date.now() + timeoutMs
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`nginx: ${what} not within ${timeoutMs} ms`)
    await Bun.sleep(10)
  }
}

const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const children = (master: number) => read(`/proc/${master}/task/${master}/children`).split(' ').filter(Boolean)

/** The workers that take new connections: one that was told to go is named otherwise by Nginx while it finishes. */
const acceptingWorkers = (master: number) =>
  children(master).filter(pid => read(`/proc/${pid}/cmdline`).startsWith('nginx: worker process\0'))

const isTaken = (port: number, host: string) =>
  new Promise<boolean>(done => {
    const socket = connect({ port, host })
    socket.once('connect', () => done(true)).once('error', () => done(false))
    socket.once('connect', () => socket.destroy())
  })

const eachLine = async (stream: ReadableStream<Uint8Array>, take: (line: string) => void) => {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(take)
  }
}

/** Nginx as a child of ours, from a folder of its own. Answers once it takes requests. */
export const startGateway = async ({ dir: where, port, upstreams, settings = {}, program = programs.nginx(), onLine }: GatewayOptions) => {
  const dir = resolve(where)
  const tls = Boolean(settings.TLS_CERT)
  const host = settings.HOST && settings.HOST !== '0.0.0.0' ? settings.HOST : '127.0.0.1'
  const publicPort = tls ? settings.GATEWAY_TLS_PORT || '8443' : port
  if (await isTaken(port, host)) throw new Error(`port ${port} is in use`)
  mkdirSync(dir, { recursive: true })
  const env = { PATH: Bun.env.PATH, ...settings, GATEWAY_PORT: String(port) }
  const prepared = Bun.spawnSync(['sh', join(folder, 'prepare.sh'), dir], { env, stderr: 'pipe' })
  if (!prepared.success) throw new Error(prepared.stderr.toString().trim())
  writeUpstreams(dir, upstreams)

  // As root Nginx would hand its work to `nobody`, who may not enter a private folder.
  const global = process.getuid?.() === 0 ? 'daemon off; user root root;' : 'daemon off;'
  const child = Bun.spawn([program, '-p', `${dir}/`, '-e', 'stderr', '-c', 'nginx.conf', '-g', global], {
    cwd: dir,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    detached: true, // a group of its own: Ctrl-C reaches it through us, in order, and kill() reaches its workers too
  })
  const lastLines: string[] = []
  const listening = eachLine(child.stderr, line => {
    if (lastLines.push(line) > 20) lastLines.shift()
    onLine?.(line)
  })

  await until('ready', 5000, async () => {
    if (child.exitCode !== null) {
      await listening
      throw new Error(`nginx did not start: ${lastLines.join('\n')}`)
    }
    return acceptingWorkers(child.pid).length > 0 && (await isTaken(port, host))
  })

  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      process.kill(-child.pid, signal)
    } catch {
      // gone already
    }
  }
  // Workers outlive a master that was killed, and hold the port.
  const exited = child.exited.then(code => {
    signalGroup('SIGKILL')
    return code
  })

  let reloading: Promise<void> = Promise.resolve()
  const reload = (next: Upstreams): Promise<void> => {
    const turn = reloading.then(async () => {
      const before = new Set(children(child.pid)) // all: one just born has no name of its own yet
      writeUpstreams(dir, next)
      child.kill('SIGHUP')
      await until('reload', 5000, () => {
        const now = acceptingWorkers(child.pid)
        return now.length > 0 && now.every(pid => !before.has(pid))
      })
    })
    reloading = turn.catch(() => {})
    return turn
  }

  return {
    name: 'nginx' as const,
    url: `${tls ? 'https' : 'http'}://${host}:${publicPort}`,
    pid: child.pid,
    /** Answers once every new connection meets the new addresses; requests under way end with the old ones. */
    reload,
    /** Lets requests under way end, for a moment; live streams are cut. */
    async stop(graceMs = 2000) {
      child.kill('SIGQUIT')
      const timer = setTimeout(() => signalGroup('SIGTERM'), graceMs)
      const last = setTimeout(() => signalGroup('SIGKILL'), graceMs + 2000)
      await exited
      clearTimeout(timer)
      clearTimeout(last)
    },
    async kill() {
      signalGroup('SIGKILL')
      await exited
    },
    exited,
  }
}
