import { minute, second } from '#shared/time'
import type { PayPalOptions } from './paypal'

/** A POST that PayPal refused, changing nothing; the message is its own code for it. Every other error leaves the outcome unknown. */
export class PayPalRefusal extends Error {
  override readonly name = 'PayPalRefusal'
}

interface Call {
  body?: object
  /** A body that is JSON already. */
  raw?: string
  /** PayPal-Request-Id: a repeated key gets the first answer again. */
  key?: string
}

/** PayPal's REST API. Its token is renewed a minute before it expires. */
export const paypalApi = ({ clientId, secret, url, timeoutMs = 4 * second }: PayPalOptions) => {
  let token: { value: string; until: number } | undefined

  const signIn = async (): Promise<string> => {
    if (token && token.until > Date.now()) return token.value
    const response = await fetch(`${url}/v1/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) throw new Error(`PayPal refused our credentials: ${response.status}`)
    const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number }
    token = { value: access_token, until: Date.now() + expires_in * second - minute }
    return access_token
  }

  return {
    async call<Answer>(method: 'GET' | 'POST', path: string, { body, raw, key }: Call = {}): Promise<Answer> {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await signIn()}`,
          'content-type': 'application/json',
          prefer: 'return=representation',
          ...(key !== undefined && { 'paypal-request-id': key }),
        },
        ...((raw ?? body) !== undefined && { body: raw ?? JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (response.ok) return (await response.json()) as Answer
      const { name, details } = (await response.json().catch(() => ({}))) as { name?: string; details?: { issue?: string }[] }
      const isRefused = method === 'POST' && (response.status === 400 || response.status === 422)
      if (isRefused) throw new PayPalRefusal(details?.[0]?.issue ?? name ?? 'PROVIDER_REFUSED')
      throw new Error(`PayPal answered ${response.status}`)
    },
  }
}
