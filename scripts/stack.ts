import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Environment } from '#shared/config'
import { stackFolder } from './background'
import type { Instances } from './instances'
import { takeLock } from './lock'
import { cartRedis, type Servers, startPlatform, startServers } from './platform'
import { provisionMysql } from './provision'
import { type Secrets, secretsIn } from './secrets'
import { privateFolder, type Server } from './servers/server'
import { endLeftovers, isAlive, member, readState, removeState, type State, writeState } from './state'
import { type Supervised, supervise } from './supervise'

export type StackOptions = {
  dir: string
  portBase: number
  gatewayPort?: number | undefined
  fresh: boolean
  /** Whether missing programs may be installed with apt-get. */
  install: boolean
  /** Whether to start services and gateway, or the servers alone. */
  withPlatform: boolean
  instances?: Instances
  env: Environment
  /** Receives the progress, line by line. */
  report: (line: string) => void
  /** Receives each line that a service or Nginx writes. */
  onLog: (name: string, line: string) => void
  interrupted: AbortSignal
}

export type Stack = { servers: Servers; secrets: Secrets; gateway: string; markReady: (summary: string) => void; stop: () => Promise<void> }

const runsAlready = (dir: string) => {
  const running = readState(dir)
  if (!running || !isAlive(running.launcher)) return `Another start of the platform in ${dir} has just begun: \`bun run status\` shows it.`
  const remedy = dir === stackFolder ? 'stop it with `bun run stop`' : 'wait until it ends, or end that process'
  return `The platform in ${dir} runs already, as process ${running.launcher.pid}: ${remedy}, then try again.`
}

/** Starts everything, with its data in one folder. `stop` lets the services drain, then ends Nginx, then the servers. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dir, report, interrupted } = options
  privateFolder(dirname(dir))
  // Beside the folder, which a fresh start removes.
  const release = takeLock(`${dir}.lock`)
  const running = readState(dir)
  if (!release || (running && isAlive(running.launcher))) {
    release?.()
    throw new Error(runsAlready(dir))
  }
  await endLeftovers(dir, report)
  if (options.fresh) rmSync(dir, { recursive: true, force: true })
  privateFolder(dir)

  const stages = { service: [] as Supervised[], gateway: [] as Supervised[], server: [] as Supervised[] }
  const state: State = { launcher: member('launcher', process.pid), ready: false, summary: '', members: [] }
  const save = () => {
    const processes = [stages.server, stages.gateway, stages.service].flat().map(supervised => supervised.current())
    state.members = processes.flatMap(({ name, pid, helper }) => [pid, helper].flatMap(one => (one ? member(name, one) : [])))
    writeState(dir, state)
  }
  save()
  const stop = async () => {
    for (const stage of [stages.service, stages.gateway, stages.server]) await Promise.all(stage.map(supervised => supervised.stop()))
    removeState(dir)
    release()
  }
  const runAs = (stage: keyof typeof stages) => async (start: () => Promise<Server>) => {
    interrupted.throwIfAborted()
    const began = performance.now()
    const supervised = await supervise(start, { report, onRestart: save })
    stages[stage].push(supervised)
    save()
    interrupted.throwIfAborted()
    report(`${supervised.name.padEnd(10)} ready in ${((performance.now() - began) / 1000).toFixed(1)} s`)
    return supervised.current().url
  }

  try {
    const secrets = secretsIn(dir, options.env)
    const servers = await startServers(options, secrets, runAs('server'))
    Object.assign(state, { servers, carts: cartRedis(servers.redis, options.env) })
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
