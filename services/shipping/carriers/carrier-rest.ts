import { unavailable } from '#shared/errors'

const answerWithinMs = 10_000

/** One call to a carrier's REST API. What it refuses is thrown with its status, never with what we sent: that holds an address. */
export const carrierCall =
  (carrier: string, url: string, headersOf: () => Promise<Record<string, string>> | Record<string, string>) =>
  async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    { body, headers = {}, missing = false }: CallOptions = {},
  ): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { accept: 'application/json', 'content-type': 'application/json', ...(await headersOf()), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerWithinMs),
    }).catch(cause => {
      throw unavailable(`${carrier}_unavailable`, 'The carrier does not answer; it is asked again.', cause)
    })
    if (missing && (answer.status === 404 || answer.status === 410)) return undefined
    if (!answer.ok) throw new Error(`${carrier} answered ${answer.status} to ${method} ${path.split('?')[0]}`)
    return answer.status === 204 ? undefined : answer.json()
  }

interface CallOptions {
  body?: unknown
  headers?: Record<string, string>
  /** What is not there (any more) is an answer, not a fault. */
  missing?: boolean
}

/** Text at a path of an answer whose shape is the carrier's word only. */
export const textAt = (value: unknown, ...path: (string | number)[]): string | undefined => {
  let found = value
  for (const key of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined
  return typeof found === 'string' && found !== '' ? found : undefined
}
export const requiredText = (carrier: string, value: unknown, ...path: (string | number)[]): string => {
  const found = textAt(value, ...path)
  if (found === undefined) throw new Error(`${carrier} answered without ${path.join('.')}`)
  return found
}
