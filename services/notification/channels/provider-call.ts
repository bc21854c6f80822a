import { minute, second } from '#shared/time'
import { aborted, retry, type Sent } from './channel'

/** One HTTPS call to a provider, with a deadline, a bounded answer, and no redirect: what is sent holds an address and a secret. */

export const callTimeoutMs = 10 * second
const maxAnswerBytes = 64 * 1024

export interface Answer {
  status: number
  headers: Headers
  /** Undefined when the answer is no JSON. */
  body: unknown
}

interface Call {
  provider: string
  url: string
  headers: Record<string, string>
  body: string | URLSearchParams
  signal: AbortSignal
  timeoutMs?: number
}

const textOf = async (response: Response): Promise<string> => {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > maxAnswerBytes) throw new Error('the answer is too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The answer, or the outcome when there is none. */
export const post = async ({ provider, url, headers, body, signal, timeoutMs = callTimeoutMs }: Call): Promise<Answer | Sent> => {
  if (signal.aborted) return aborted()
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { accept: 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    return { status: response.status, headers: response.headers, body: parsed(await textOf(response)) }
  } catch {
    return signal.aborted ? aborted() : retry(`${provider} does not answer`)
  }
}
export const isAnswer = (result: Answer | Sent): result is Answer => 'status' in result

/** In how many seconds the provider wants to be asked again: at most an hour. */
export const retryAfter = (headers: Headers, now: number): number | undefined => {
  const value = headers.get('retry-after')?.trim() ?? ''
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now) / second)
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, (60 * minute) / second) : undefined
}

/** The outcome of a status that is no answer to this very message: our credentials, too many calls, or a fault of theirs. */
export const withoutVerdict = (provider: string, { status, headers }: Answer): Sent | undefined => {
  if (status === 401 || status === 403) return retry(`${provider} refuses our credentials (${status})`)
  if (status === 429) return retry(`${provider} takes no more at the moment`, retryAfter(headers, Date.now()))
  // A redirect or a path that does not exist means that the provider’s address is set wrongly.
  if (status < 200 || (status >= 300 && status < 400) || status === 404 || status === 405 || status === 408 || status >= 500)
    return retry(`${provider} answered ${status}`, retryAfter(headers, Date.now()))
  return undefined
}

/** The text or number at a path of an answer without a checked schema, as a text. */
export const textAt = (value: unknown, ...path: (string | number)[]): string | undefined => {
  let found = value
  for (const key of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined
  return typeof found === 'string' && found !== '' ? found : typeof found === 'number' ? String(found) : undefined
}
