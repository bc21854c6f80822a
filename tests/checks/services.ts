import { join } from 'node:path'
import type { Handler } from '#shared/event'
import type { ServiceName } from '#shared/platform'
import { anything } from '../../scripts/generate/openapi'
import { exists, root } from './files'

export { appOf } from '../../scripts/generate/openapi'

/** What the service consumes; one without an `events.ts` consumes nothing. */
export const handlersOf = async (service: ServiceName, useCases = anything): Promise<Handler[]> => {
  const file = `services/${service}/events.ts`
  return exists(file) ? (await import(join(root, file)))[`${service}Handlers`](useCases) : []
}

/** Use cases that do nothing but say that they were called. */
export const listening = (onCall: () => void): object => {
  const useCase: object = new Proxy(() => {}, {
    get: () => useCase,
    apply: () => {
      onCall()
      return Promise.resolve()
    },
  })
  return useCase
}
