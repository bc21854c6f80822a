import { createPrivateKey, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { minute, second } from '#shared/time'
import { aborted, badAddress, type Channel, isDeviceToken, keyOf, reasonFrom, refused, retry, type Sent } from './channel'
import { type Answer, isAnswer, post, textAt, withoutVerdict } from './provider-call'

export interface FcmOptions {
  /** The JSON file of a service account, as Google gives it. */
  serviceAccount: string
  /** The addresses of a substitute for Google, in tests. */
  url?: string | undefined
  tokenUrl?: string | undefined
  timeoutMs?: number
}

const provider = 'fcm'
const scope = 'https://www.googleapis.com/auth/firebase.messaging'
// A message may have 4096 bytes in all.
const [maxTitle, maxBody] = [100, 600]
const cut = (text: string, length: number) => [...text.toWellFormed()].slice(0, length).join('')

const unusable = () =>
  new Error('the service account for push messages must be Google’s JSON file, with project_id, client_email and private_key')
const accountFrom = (json: string) => {
  let account: unknown
  let key: KeyObject
  try {
    account = JSON.parse(json)
    key = createPrivateKey(textAt(account, 'private_key') ?? '')
  } catch {
    // Not the cause: it may quote the key.
    throw unusable()
  }
  const [project, email] = [textAt(account, 'project_id'), textAt(account, 'client_email')]
  if (!project || !email) throw unusable()
  return { project, email, key, tokenUri: textAt(account, 'token_uri') ?? 'https://oauth2.googleapis.com/token' }
}

/** Firebase Cloud Messaging, HTTP v1. It has no idempotency; a repetition replaces the first on the device, since both have the same tag. */
export const fcmChannel = ({ serviceAccount, url = 'https://fcm.googleapis.com', tokenUrl, timeoutMs }: FcmOptions): Channel => {
  const account = accountFrom(serviceAccount)
  const audience = tokenUrl ?? account.tokenUri
  const limits = timeoutMs === undefined ? {} : { timeoutMs }
  let known: { token: string; until: number } | undefined
  let asking: Promise<string | Sent> | undefined

  const askForToken = async (): Promise<string | Sent> => {
    const assertion = await new SignJWT({ scope })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(account.email)
      .setAudience(account.tokenUri)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(account.key)
    const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })
    const answer = await post({ provider, url: audience, headers: {}, body, signal: new AbortController().signal, ...limits })
    if (!isAnswer(answer)) return answer
    const token = textAt(answer.body, 'access_token')
    // Whatever is wrong here is wrong with our account, not with the message.
    if (answer.status !== 200 || !token)
      return withoutVerdict(provider, answer) ?? retry(`fcm refuses our service account (${answer.status})`)
    known = { token, until: Date.now() + Number(textAt(answer.body, 'expires_in') ?? 0) * second - minute }
    return token
  }
  /** Asked for once, however many messages wait for it; one that gives up does not end it for the others. */
  const signIn = async (signal: AbortSignal): Promise<string | Sent> => {
    if (known && known.until > Date.now()) return known.token
    asking ??= askForToken().finally(() => {
      asking = undefined
    })
    const { promise: gaveUp, resolve } = Promise.withResolvers<Sent>()
    const stop = () => resolve(aborted())
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', stop, { once: true })
    return Promise.race([asking, gaveUp]).finally(() => signal.removeEventListener('abort', stop))
  }
  const verdictOf = (answer: Answer, to: string): Sent => {
    const details: unknown =
      typeof answer.body === 'object' && answer.body !== null ? Reflect.get(Reflect.get(answer.body, 'error') ?? {}, 'details') : undefined
    const codes = Array.isArray(details) ? details.map(one => textAt(one, 'errorCode')) : []
    const fields = Array.isArray(details) ? details.map(one => textAt(one, 'fieldViolations', 0, 'field')) : []
    const reason = reasonFrom(textAt(answer.body, 'error', 'message') ?? `fcm answered ${answer.status}`, to)
    if (codes.includes('UNREGISTERED') || codes.includes('SENDER_ID_MISMATCH')) return badAddress(reason)
    if (answer.status === 400 && (codes.includes('INVALID_ARGUMENT') || fields.includes('message.token'))) return badAddress(reason)
    if (answer.status === 401) known = undefined
    return withoutVerdict(provider, answer) ?? refused(reason)
  }

  return {
    name: provider,
    async send({ message_id, to, subject, text }, signal) {
      if (!isDeviceToken(to)) return badAddress('the token of the device is malformed')
      const token = await signIn(signal)
      if (typeof token !== 'string') return token
      const key = keyOf(message_id)
      // A line that is both would be shown twice.
      const message = {
        token: to,
        notification: { ...(subject !== undefined && subject !== text && { title: cut(subject, maxTitle) }), body: cut(text, maxBody) },
        data: { message_id: key },
        android: { notification: { tag: key } },
        apns: { headers: { 'apns-collapse-id': key } },
        webpush: { notification: { tag: key } },
      }
      const answer = await post({
        provider,
        url: `${url}/v1/projects/${encodeURIComponent(account.project)}/messages:send`,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ message }),
        signal,
        ...limits,
      })
      if (!isAnswer(answer)) return answer
      const provider_id = textAt(answer.body, 'name')
      if (answer.status === 200) return provider_id ? { outcome: 'sent', provider, provider_id } : retry('fcm answered without an id')
      return verdictOf(answer, to)
    },
  }
}
