import type { Address } from '#shared/address'
import { unavailable } from '#shared/errors'
import { second } from '#shared/time'
import type { AddressFields } from './carrier'

export const callTimeoutMs = 10 * second

interface CallOptions {
  body?: unknown
  /** Sent form-encoded, in place of a JSON body. */
  form?: Record<string, string>
  headers?: Record<string, string>
  /** Answers 404 and 410 with undefined instead of throwing. */
  mayBeMissing?: boolean
}

/** Calls to a carrier's REST API. Errors name the method, the path and the status, never what was sent: the body holds an address. */
export const carrierApi =
  (carrier: string, url: string, authHeaders: () => Promise<Record<string, string>> | Record<string, string>) =>
  async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    { body, form, headers = {}, mayBeMissing = false }: CallOptions = {},
  ): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(await authHeaders()),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(form && { body: new URLSearchParams(form) }),
      signal: AbortSignal.timeout(callTimeoutMs),
    }).catch(cause => {
      throw unavailable(`${carrier}_unavailable`, 'The carrier does not answer; the call is repeated later.', cause)
    })
    if (mayBeMissing && (answer.status === 404 || answer.status === 410)) return undefined
    if (!answer.ok) throw new Error(`${carrier} answered ${answer.status} to ${method} ${path.split('?')[0]}`)
    return answer.status === 204 ? undefined : answer.json()
  }

/** The text at a path of an answer that has no checked schema; undefined where there is none. */
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

/** Carriers take no free text. Such a parcel keeps waiting, and drift shows it, until it is shipped with another carrier. */
export const fieldsOf = (carrier: string, address: Address): AddressFields => {
  if (typeof address === 'string') throw new Error(`${carrier} makes no label for an address in free text`)
  return address
}
export const streetLines = ({ line1, line2 }: AddressFields) => [line1, ...(line2 === undefined ? [] : [line2])]
export const kilograms = (grams: number) => Math.max(0.01, Math.ceil(grams / 10) / 100)
