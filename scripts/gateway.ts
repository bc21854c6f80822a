import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { type ServiceName, serviceNames } from '#shared/platform'
import { minute } from '#shared/time'
import { eachLine } from './lines'
import { replaceFile } from './replace-file'
import { largestLog, rotateLog } from './rotate-log'
import { programs } from './servers/programs'
import { serverEnvironment } from './service-environment'
import { until } from './until'

/** Where the live instances of each service listen, as `host:port`. */
export type Upstreams = Partial<Record<ServiceName, readonly string[]>>

export interface GatewayOptions {
  dir: string
  port: number
  upstreams: Upstreams
  /** What gateway/prepare.sh reads: RATE_LIMIT, CORS_ORIGINS, TLS_CERT … */
  settings?: Record<string, string | undefined>
  /** Another Nginx than the one on the PATH. */
  program?: string
  onLine?: (line: string) => void
  /** How large the access log may grow, and how often that is looked at. */
  log?: { limitBytes: number; everyMs: number }
  /** Where the system lists its processes, as Linux does. */
  processes?: string
}

export type Gateway = Awaited<ReturnType<typeof startGateway>>

const folder = join(import.meta.dir, '..', 'gateway')
const startTimeoutMs = 5000

/** One service's upstream. Without live instances it has a server that is down, and Nginx answers 503. */
export const upstream = (name: ServiceName, live: readonly string[] = []): string => {
  const servers = live.length > 0 ? live.map(address => `${address} max_fails=0`) : ['127.0.0.1:1 down']
  const lines = [`zone ${name} 64k`, ...servers.map(server => `server ${server}`), 'keepalive 32', 'keepalive_timeout 15s']
  return `\nupstream ${name} {\n${[...lines, 'keepalive_requests 10000'].map(line => `  ${line};\n`).join('')}}\n`
}

export const upstreamsConf = (upstreams: Upstreams): string => serviceNames.map(name => upstream(name, upstreams[name])).join('')

const writeUpstreams = (dir: string, upstreams: Upstreams) => replaceFile(join(dir, 'upstreams.conf'), upstreamsConf(upstreams))

const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The processes that a master of Nginx has started, as far as the system lists them in a folder. */
const workersIn = (folder: string) => {
  const listOf = (pid: number) => `${folder}/${pid}/task/${pid}/children`
  const children = (master: number) => read(listOf(master)).split(' ').filter(Boolean)
  return {
    isListed: existsSync(listOf(process.pid)),
    children,
    /** The workers that accept new connections. Nginx renames a worker that is shutting down. */
    accepting: (master: number) => children(master).filter(pid => read(`${folder}/${pid}/cmdline`).startsWith('nginx: worker process\0')),
  }
}

const isTaken = (port: number, host: string) =>
  new Promise<boolean>(done => {
    const socket = connect({ port, host })
    socket.once('connect', () => done(true)).once('error', () => done(false))
    socket.once('connect', () => socket.destroy())
  })

/** Starts Nginx from a folder of its own; resolves once it accepts requests. */
export const startGateway = async ({
  dir: where,
  port,
  upstreams,
  settings = {},
  program = programs.nginx(),
  onLine,
  log,
  processes = '/proc',
}: GatewayOptions) => {
  const workers = workersIn(processes)
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

  // Started by root, Nginx would run its workers as `nobody`, who may not enter a private folder.
  const global = process.getuid?.() === 0 ? 'daemon off; user root root;' : 'daemon off;'
  const child = Bun.spawn([program, '-p', `${dir}/`, '-e', 'stderr', '-c', 'nginx.conf', '-g', global], {
    cwd: dir,
    env: serverEnvironment(),
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    detached: true, // a process group of its own: the launcher stops it in order after Ctrl-C, and kill() reaches the workers
  })
  const lastLines: string[] = []
  const output = eachLine(child.stderr, line => {
    if (lastLines.push(line) > 20) lastLines.shift()
    onLine?.(line)
  })

  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      process.kill(-child.pid, signal)
    } catch {
      // It has ended already.
    }
  }
  // Workers outlive a killed master and keep the port.
  const exited = child.exited.then(code => {
    signalGroup('SIGKILL')
    return code
  })

  const isReady = async () => {
    if (child.exitCode !== null) {
      await output
      throw new Error(`nginx did not start: ${lastLines.join('\n')}`)
    }
    // Without a list of processes, the port alone tells: a connection waits there until a worker takes it.
    return (!workers.isListed || workers.accepting(child.pid).length > 0) && (await isTaken(port, host))
  }
  try {
    await until('the start of Nginx', isReady, { timeoutMs: startTimeoutMs, everyMs: 10 })
  } catch (error) {
    signalGroup('SIGKILL')
    throw error
  }

  const { limitBytes = largestLog, everyMs = minute } = log ?? {}
  const rotating = setInterval(() => {
    if (rotateLog(join(dir, 'access.log'), limitBytes)) child.kill('SIGUSR1') // Nginx opens its logs anew
  }, everyMs)
  rotating.unref()
  exited.then(() => clearInterval(rotating))

  let reloading: Promise<void> = Promise.resolve()
  const reload = (next: Upstreams): Promise<void> => {
    const turn = reloading.then(async () => {
      const before = new Set(workers.children(child.pid)) // every child: a worker just forked has no title yet
      writeUpstreams(dir, next)
      child.kill('SIGHUP')
      const replaced = () => {
        const now = workers.accepting(child.pid)
        return now.length > 0 && now.every(pid => !before.has(pid))
      }
      // Where no list of processes tells which workers are new, the new addresses come into use a moment later.
      if (workers.isListed) await until('the reload of Nginx', replaced, { timeoutMs: startTimeoutMs, everyMs: 10 })
    })
    reloading = turn.catch(() => {})
    return turn
  }

  return {
    name: 'nginx' as const,
    url: `${tls ? 'https' : 'http'}://${host}:${publicPort}`,
    pid: child.pid,
    /** Resolves once new connections use the new addresses, where that can be seen; requests under way finish on the old ones. */
    reload,
    /** Gives requests under way `graceMs` to finish; live streams are cut. */
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
