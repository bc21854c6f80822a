import { join } from 'node:path'
import type { AnyElysia } from 'elysia'
import type { Handler } from '#shared/event'
import type { ServiceName } from '#shared/platform'
import { testHttp } from '#shared/testing'
import { exists, root } from './files'

/** Stands for everything that a service's routes and handlers are given: they are read here, never called. */
const anything: object = new Proxy(() => anything, { get: () => anything })

export const appOf = async (service: ServiceName): Promise<AnyElysia> => {
  const { http } = await testHttp(service)
  const exported = await import(join(root, 'services', service, 'app.ts'))
  return exported[`${service}App`](new Proxy({ http }, { get: (given, name) => (name === 'http' ? given.http : anything) }))
}

/** What the service consumes; one without an `events.ts` consumes nothing. */
export const handlersOf = async (service: ServiceName): Promise<Handler[]> => {
  const file = `services/${service}/events.ts`
  return exists(file) ? (await import(join(root, file)))[`${service}Handlers`](anything) : []
}
