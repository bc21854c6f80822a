import { asyncApi } from '#shared/asyncapi'
import { retryDelays } from '#shared/config'
import { events } from '../events/released'

/** The events of the platform as AsyncAPI, with the retry delays that hold unless `RETRY_DELAYS_MS` says otherwise. */
export const eventDocument = (): string => {
  const retryDelaysMs = retryDelays({ text: (_name, fallback = '') => fallback })
  return `${JSON.stringify(asyncApi({ events, retryDelaysMs }), null, 1)}\n`
}
