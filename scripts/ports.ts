import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { released, type ServiceName, services } from '#shared/platform'

/** One number moves the whole stack: every port is counted from the base. */
export const portsFrom = (base: number, gateway = base + 80) => ({
  gateway,
  mongo: base + 17,
  mysql: base + 306,
  redis: base + 379,
  rabbitmq: base + 672,
})

/** With a higher one, the last ports of the stack would be above 65535. */
export const highestPortBase = 64_000

export const servicePort = (base: number, service: ServiceName) => base + services[service].port - 8000

/** Why nothing can listen on a port, as "is in use by pid 4711 (redis-server *:6379)"; undefined if something can. */
const obstacleAt = (port: number) => {
  try {
    Bun.listen({ hostname: '127.0.0.1', port, exclusive: true, socket: { data() {} } }).stop(true)
    return undefined
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    return code === 'EADDRINUSE' ? `is in use by ${ownerOf(port)}` : `cannot be used by this user (${code})`
  }
}

export const isFree = (port: number) => obstacleAt(port) === undefined

/** A port that is free at this moment. */
export function anyFreePort() {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  listener.stop(true)
  return listener.port
}

/** Of each base that this process has taken, the port by which another process sees that. What nothing refers to would be closed. */
const taken: { port: number }[] = []
const take = (port: number) => {
  try {
    const listener = Bun.listen({ hostname: '127.0.0.1', port, exclusive: true, socket: { data() {} } })
    listener.unref()
    return taken.push(listener) > 0
  } catch {
    return false
  }
}

/**
 * The first base for a whole stack, from `first` on in steps of a thousand, whose ports are all free. It is this process's until it ends: two test runs that
 * begin at once would find the same ports free.
 */
export function freePortBase(first: number) {
  for (let base = first; base < first + 10_000; base += 1000) {
    const { rabbitmq, ...others } = portsFrom(base)
    const ports = [...Object.values(others), rabbitmq, rabbitmq + 1, rabbitmq + 2, ...released.map(service => servicePort(base, service))]
    if (ports.every(isFree) && take(base + 799)) return base
  }
  throw new Error(`no thousand of ports from ${first} on is free; set TEST_PORT_BASE`)
}

/** Throws an error that names every port that cannot be used, with the reason and the setting that moves it. */
export function requireFreePorts(wanted: readonly { name: string; port: number; setting: string }[]) {
  const lines = wanted.flatMap(({ name, port, setting }) => {
    const obstacle = obstacleAt(port)
    return obstacle ? [`port ${port} (for ${name}) ${obstacle}; choose another by ${setting}`] : []
  })
  if (lines.length > 0) throw new Error(lines.join('\n'))
}

/** Who listens on a port, as "pid 4711 (redis-server *:6379)". */
export function ownerOf(port: number) {
  const sockets = listeningSockets(port)
  for (const pid of numbersIn('/proc')) {
    for (const fd of numbersIn(`/proc/${pid}/fd`)) {
      if (sockets.has(quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? '')) return `pid ${pid} (${commandOf(pid)})`
    }
  }
  return 'a process that this user may not see'
}

const LISTEN = '0A'

/** Linux names a socket by its inode, in this table as well as among the open files of a process. */
function listeningSockets(port: number) {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(file => (quietly(() => readFileSync(file, 'utf8')) ?? '').split('\n').slice(1))
  const columns = rows.map(row => row.trim().split(/\s+/))
  return new Set(columns.filter(row => row[1]?.endsWith(wanted) && row[3] === LISTEN).map(row => `socket:[${row[9]}]`))
}

const commandOf = (pid: string) =>
  quietly(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 100)) || 'unknown command'

const numbersIn = (folder: string) => (quietly(() => readdirSync(folder)) ?? []).filter(name => /^\d+$/.test(name))

function quietly<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
