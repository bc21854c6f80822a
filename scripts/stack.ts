import { rmSync } from 'node:fs'
import type { ServiceName } from '#shared/platform'
import { type Servers, startPlatform, startServers } from './platform'
import { provisionMysql } from './provision'
import { type Secrets, secretsIn } from './secrets'
import { privateFolder, type Server } from './servers/server'
import { endLeftovers, forgetState, isAlive, member, readState, type State, writeState } from './state'
import { type Kept, keep } from './supervise'

export type StackOptions = {
  dir: string
  portBase: number
  gatewayPort?: number | undefined
  fresh: boolean
  /** Whether apt-get may be asked for what is missing. */
  install: boolean
  /** Services and gateway as well, or the servers alone. */
  withPlatform: boolean
  instances?: Partial<Record<ServiceName, number>>
  env: Record<string, string | undefined>
  /** Progress, in words. */
  tell: (line: string) => void
  /** The merged log. */
  line: (name: string, line: string) => void
  interrupted: AbortSignal
}

export type Stack = { servers: Servers; secrets: Secrets; gateway: string; markReady: (summary: string) => void; stop: () => Promise<void> }

/** Everything in one folder, started together and stopped in order: services drain, then Nginx goes, then the servers. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dir, tell, interrupted } = options
  const running = readState(dir)
  if (running && isAlive(running.launcher)) throw new Error(`it runs already, pid ${running.launcher.pid}; \`bun run stop\` ends it`)
  await endLeftovers(dir, tell)
  if (options.fresh) rmSync(dir, { recursive: true, force: true })
  privateFolder(dir)

  const stages = { service: [] as Kept[], gateway: [] as Kept[], server: [] as Kept[] }
  const state: State = { launcher: member('launcher', process.pid), ready: false, summary: '', members: [] }
  const save = () => {
    const processes = [stages.server, stages.gateway, stages.service].flat().map(kept => kept.current())
    state.members = processes.flatMap(({ name, pid, helper }) => [pid, helper].flatMap(one => (one ? member(name, one) : [])))
    writeState(dir, state)
  }
  save()
  const stop = async () => {
    for (const stage of [stages.service, stages.gateway, stages.server]) await Promise.all(stage.map(kept => kept.stop()))
    forgetState(dir)
  }
  const runAs = (stage: keyof typeof stages) => async (start: () => Promise<Server>) => {
    interrupted.throwIfAborted()
    const began = performance.now()
    const kept = await keep(start, { tell, changed: save })
    stages[stage].push(kept)
    save()
    interrupted.throwIfAborted()
    tell(`${kept.name.padEnd(10)} ready in ${((performance.now() - began) / 1000).toFixed(1)} s`)
    return kept.current().url
  }

  try {
    const secrets = secretsIn(dir, options.env)
    const servers = await startServers(options, secrets, runAs('server'))
    await provisionMysql(servers.mysql, secrets)
    const runs = { service: runAs('service'), gateway: runAs('gateway') }
    const gateway = options.withPlatform ? await startPlatform(options, servers, secrets, runs) : ''
    const markReady = (summary: string) => writeState(dir, Object.assign(state, { ready: true, summary }))
    return { servers, secrets, gateway, markReady, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
