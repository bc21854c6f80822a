import type { PayPalOptions } from './paypal'

/** Refused for good, in PayPal's own word for it. Anything else that goes wrong leaves the outcome unknown. */
class PayPalRefusal extends Error {
  override readonly name = 'PayPalRefusal'
}

interface Sent {
  body?: object
  raw?: string
  /** PayPal-Request-Id: the same key, the same answer. */
  key?: string
}

/** PayPal's REST API, with a token that is renewed before it ends. */
export const paypalApi = ({ clientId, secret, url, timeoutMs = 4000 }: PayPalOptions) => {
  let token: { value: string; until: number } | undefined

  const signIn = async (): Promise<string> => {
    if (token && token.until > Date.now()) return token.value
    const answer = await fetch(`${url}/v1/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!answer.ok) throw new Error(`PayPal did not let us in: ${answer.status}`)
    const { access_token, expires_in } = (await answer.json()) as { access_token: string; expires_in: number }
    token = { value: access_token, until: Date.now() + (expires_in - 60) * 1000 }
    return access_token
  }

  return {
    async call<Answer>(method: 'GET' | 'POST', path: string, { body, raw, key }: Sent = {}): Promise<Answer> {
      const answer = await fetch(`${url}${path}`, {
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
      if (answer.ok) return (await answer.json()) as Answer
      const { details } = (await answer.json().catch(() => ({}))) as { details?: { issue?: string }[] }
      if (answer.status === 422) throw new PayPalRefusal(details?.[0]?.issue ?? 'UNPROCESSABLE_ENTITY')
      throw new Error(`PayPal answered ${answer.status}`)
    },
  }
}
