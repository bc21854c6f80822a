import { join } from 'node:path'
import type { AnyElysia } from 'elysia'
import { openApiOf } from '#shared/docs'
import { released, type ServiceName } from '#shared/platform'
import { testHttp } from '#shared/testing'
import { root } from '../install'

/** Stands for everything that a service's routes and handlers are given: they are read here, never called. */
export const anything: object = new Proxy(() => anything, { get: () => anything })

/** A service's routes without what is behind them. */
export const appOf = async (service: ServiceName): Promise<AnyElysia> => {
  const { http } = await testHttp(service)
  const exported = await import(join(root, 'services', service, 'app.ts'))
  return exported[`${service}App`](new Proxy({ http }, { get: (given, name) => (name === 'http' ? given.http : anything) }))
}

/** The public routes of all services in one document. */
export const openApi = async (): Promise<string> => {
  const document = await openApiOf(await Promise.all(released.map(appOf)), 'shop')
  return `${JSON.stringify(document, null, 1)}\n`
}
