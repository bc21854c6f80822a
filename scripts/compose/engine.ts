import { minute } from '#shared/time'
import type { LongRun } from '../long-run'

/** A container as the checks look at it. */
export interface Container {
  id: string
  name: string
  image: string
  /** `running`, `exited`, … */
  status: string
  exitCode: number
  /** Of its main process on this machine. */
  pid: number
  /** `healthy`, `starting`, `unhealthy`; empty without a health check. */
  health: string
  /** The published ports. */
  ports: string[]
}

/** Docker with Compose, or Podman with podman-compose: two programs of the same language. */
export interface Engine {
  /** `docker` or `podman`. */
  program: string
  compose: string[]
  /** Docker checks the health of containers by itself; Debian's Podman leaves that to systemd. */
  checksHealth: boolean
}

export const docker: Engine = { program: 'docker', compose: ['docker', 'compose'], checksHealth: true }

/** A compose file as a project: its containers, and what is done with them. */
export const projectOf = (
  { program, compose, checksHealth }: Engine,
  { run }: LongRun,
  options: { cwd: string; file: string; name: string },
) => {
  const { cwd, file, name } = options
  const lines = async (...command: string[]) =>
    (await run([program, ...command], { cwd, unlogged: true })).split('\n').filter(line => line && !line.startsWith('time='))

  const containers = async (): Promise<Container[]> => {
    const ids = await lines('ps', '--all', '--quiet', '--no-trunc', '--filter', `label=com.docker.compose.project=${name}`)
    if (ids.length === 0) return []
    const text = await run([program, 'inspect', ...ids], { cwd, unlogged: true })
    const found: Inspected[] = JSON.parse(text.slice(text.indexOf('[\n'), text.lastIndexOf(']') + 1))
    return found.map(({ Id, Name, Config, State, NetworkSettings }) => ({
      id: Id,
      name: Name.replace(/^\//, ''),
      image: Config.Image,
      status: State.Status,
      exitCode: State.ExitCode,
      pid: State.Pid,
      health: (State.Health ?? State.Healthcheck)?.Status ?? '',
      ports: Object.entries(NetworkSettings.Ports ?? {}).flatMap(([port, bound]) =>
        (bound ?? []).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}->${port}`),
      ),
    }))
  }

  const untilReady = async (timeoutMs = 240_000) => {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const all = await containers()
      const waiting = all.filter(
        ({ status, health, exitCode }) =>
          !(status === 'running' ? health === '' || health === 'healthy' : status === 'exited' && exitCode === 0),
      )
      if (all.length > 0 && waiting.length === 0) return all
      if (Date.now() > deadline)
        throw new Error(`not ready: ${waiting.map(one => `${one.name} ${one.status} ${one.health} ${one.exitCode}`).join(', ')}`)
      if (!checksHealth)
        for (const { id, status, health } of waiting)
          if (status === 'running' && health) await run([program, 'healthcheck', 'run', id], { unlogged: true }).catch(() => {})
      await Bun.sleep(1000)
    }
  }

  return {
    name,
    compose: (...args: string[]) => run([...compose, '-f', file, ...args], { cwd, timeoutMs: 8 * minute }),
    exec: (container: Container, ...command: string[]) => run([program, 'exec', container.id, ...command], { cwd }),
    restart: (container: Container) => run([program, 'restart', container.id], { cwd }),
    remove: (container: Container) => run([program, 'rm', '--force', container.id], { cwd }),
    containers,
    untilReady,
    /** What each container wrote last, for the log of the whole. */
    async writeLogs() {
      for (const { id } of await containers()) await run([program, 'logs', '--timestamps', '--tail', '100', id], { cwd }).catch(() => {})
    },
    /** The names of everything that carries the project's label. */
    async left() {
      const label = `label=com.docker.compose.project=${name}`
      return [
        ...(await containers()).map(one => one.name),
        ...(await lines('volume', 'ls', '--quiet', '--filter', label)),
        ...(await lines('network', 'ls', '--quiet', '--filter', label)),
      ]
    },
  }
}
export type Project = ReturnType<typeof projectOf>

interface Inspected {
  Id: string
  Name: string
  Config: { Image: string }
  State: { Status: string; ExitCode: number; Pid: number; Health?: { Status: string }; Healthcheck?: { Status: string } }
  NetworkSettings: { Ports?: Record<string, { HostIp: string; HostPort: string }[] | null> }
}
