import { type Environment, settings } from '#shared/config'
import { stackFolder } from '../background'
import { cartRedis, type Servers } from '../platform'
import { startStack } from '../stack'
import { isAlive, readState } from '../state'

/** The servers whose data is backed up or restored. MySQL and MongoDB are addressed with an administrator's login. */
export type Places = Servers & { carts: string }

export const configuredMysql = (env: Environment = process.env) => settings(env).optional('MYSQL_URL')

/** The servers that the settings name; undefined if they name none. */
export const configuredPlaces = (env: Environment = process.env): Places | undefined => {
  const { text } = settings(env)
  const mysql = configuredMysql(env)
  if (!mysql) return undefined
  const redis = text('REDIS_URL')
  return { mysql, mongo: text('MONGO_URL'), redis, carts: cartRedis(redis, env), rabbitmq: text('RABBITMQ_URL') }
}

/** The running local stack's servers; undefined when it does not run. */
export const runningPlaces = (dir = stackFolder, env: Environment = process.env): Places | undefined => {
  const state = readState(dir)
  if (!state?.servers || !isAlive(state.launcher)) return undefined
  // Cart uses what the stack was started with, whatever the settings say by now. An earlier release did not write it down.
  return { ...state.servers, carts: state.carts ?? cartRedis(state.servers.redis, env) }
}

/** Runs `work` with the local stack's servers, started without services. Whoever interrupts it leaves no server running. */
export const withLocalServers = async (portBase: number, report: (line: string) => void, work: (places: Places) => Promise<void>) => {
  const interrupted = new AbortController()
  const interruption = Promise.withResolvers<never>()
  // Before the servers run, nobody waits for it.
  interruption.promise.catch(() => {})
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      const error = new Error('interrupted before it was finished')
      interrupted.abort(error)
      interruption.reject(error)
    })
  const stack = await startStack({
    ...{ dir: stackFolder, portBase, fresh: false, install: true, withPlatform: false, env: process.env },
    ...{ report, onLog: () => {}, interrupted: interrupted.signal },
  })
  try {
    await Promise.race([work({ ...stack.servers, carts: cartRedis(stack.servers.redis) }), interruption.promise])
  } finally {
    await stack.stop()
  }
}
