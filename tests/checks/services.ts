import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyElysia } from 'elysia'
import type { Handler } from '#shared/event'
import type { ServiceName } from '#shared/platform'
import { testHttp } from '#shared/testing'

/** Stands for everything that a service's routes and handlers are given: they are read here, never called. */
const anything: object = new Proxy(() => anything, { get: () => anything })

const folderOf = (service: ServiceName) => join(import.meta.dir, '../../services', service)

export const appOf = async (service: ServiceName): Promise<AnyElysia> => {
  const { http } = await testHttp(service)
  const exported = await import(join(folderOf(service), 'app.ts'))
  return exported[`${service}App`](new Proxy({ http }, { get: (given, name) => (name === 'http' ? given.http : anything) }))
}

/** What the service consumes; one without an `events.ts` consumes nothing. */
export const handlersOf = async (service: ServiceName): Promise<Handler[]> => {
  const file = join(folderOf(service), 'events.ts')
  return existsSync(file) ? (await import(file))[`${service}Handlers`](anything) : []
}
