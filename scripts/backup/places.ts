import { type Environment, settings } from '#shared/config'
import { stackFolder } from '../background'
import type { Servers } from '../platform'
import { startStack } from '../stack'
import { isAlive, readState } from '../state'

/** The servers whose data is backed up or restored. MySQL and MongoDB are addressed with an administrator's login. */
export type Places = Servers & { carts: string }

export const configuredMysql = (env: Environment = process.env) => settings(env).optional('MYSQL_URL')

/** The servers that the settings name; undefined if they name none. */
export const configuredPlaces = (env: Environment = process.env): Places | undefined => {
  const { optional, text } = settings(env)
  const mysql = optional('MYSQL_URL')
  if (!mysql) return undefined
  const redis = text('REDIS_URL')
  return { mysql, mongo: text('MONGO_URL'), redis, carts: optional('CART_REDIS_URL') ?? redis, rabbitmq: text('RABBITMQ_URL') }
}

/** The running local stack's servers; undefined when it does not run. */
export const runningPlaces = (): Places | undefined => {
  const state = readState(stackFolder)
  return state && isAlive(state.launcher) && state.servers ? { ...state.servers, carts: state.servers.redis } : undefined
}

/** Runs `work` with the local stack's servers, started without services. */
export const withLocalServers = async (portBase: number, report: (line: string) => void, work: (places: Places) => Promise<void>) => {
  const stack = await startStack({
    ...{ dir: stackFolder, portBase, fresh: false, install: true, withPlatform: false, env: process.env },
    ...{ report, onLog: () => {}, interrupted: new AbortController().signal },
  })
  try {
    await work({ ...stack.servers, carts: stack.servers.redis })
  } finally {
    await stack.stop()
  }
}
