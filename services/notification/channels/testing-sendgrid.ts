import { createSign, generateKeyPairSync } from 'node:crypto'
import { textAt } from './provider-call'
import { jsonOr, testProvider } from './testing-provider'

const key = 'SG.of.the.fake'
const reserved = /^(x-sg-id|x-sg-eid|received|dkim-signature|content-type|content-transfer-encoding|to|from|subject|reply-to|cc|bcc)$/i

/** The part of SendGrid’s API that we use. It refuses what the real one refuses, in its words. */
export const fakeSendGrid = () => {
  const error = (status: number, message: string, field: string | null = null) =>
    Response.json({ errors: [{ message, field, help: null }] }, { status })
  const mails: Record<string, unknown>[] = []
  const provider = testProvider((request, body) => {
    if (new URL(request.url).pathname !== '/v3/mail/send') return error(404, 'not found')
    if (request.headers.get('authorization') !== `Bearer ${key}`)
      return error(401, 'The provided authorization grant is invalid, expired, or revoked')
    if (!request.headers.get('content-type')?.startsWith('application/json')) return error(415, 'Content-Type should be application/json.')
    const mail = jsonOr(body)
    if (!mail) return error(400, 'Bad Request')
    const to = textAt(mail, 'personalizations', 0, 'to', 0, 'email') ?? ''
    if (!/^[^\s@,<>]+@[^\s@,<>]+\.[^\s@,<>]+$/.test(to))
      return error(400, 'Does not contain a valid address.', 'personalizations.0.to.0.email')
    if (to.endsWith('@refused.example')) return error(400, `Does not contain a valid address: ${to}`, 'personalizations.0.to.0.email')
    if (!textAt(mail, 'from', 'email')) return error(400, 'The from object must be provided for every email send.', 'from.email')
    if (textAt(mail, 'from', 'email') !== 'shop@shop.example')
      return error(403, 'The from address does not match a verified Sender Identity.', 'from')
    if (!textAt(mail, 'subject')) return error(400, 'The subject is required.', 'subject')
    const content = Array.isArray(mail.content) ? mail.content : []
    if (content.length === 0 || content.some(part => !textAt(part, 'value')))
      return error(400, 'The content value must be a string at least one character in length.', 'content.0.value')
    if (textAt(content[0], 'type') !== 'text/plain') return error(400, 'If present, text/plain must be first.', 'content')
    const args = Object.values((mail.custom_args ?? {}) as Record<string, unknown>)
    if (args.some(value => typeof value !== 'string')) return error(400, 'Bad Request')
    const headers = Object.entries((mail.headers ?? {}) as Record<string, unknown>)
    if (headers.some(([name, value]) => reserved.test(name) || typeof value !== 'string' || /[\r\n]/.test(value)))
      return error(400, 'The header is reserved.', 'headers')
    mails.push(mail)
    return new Response(null, { status: 202, headers: { 'x-message-id': `sg${mails.length}.abc` } })
  })
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return {
    ...provider,
    mails,
    options: { key, sender: { name: 'The Shop', address: 'shop@shop.example' }, url: provider.url },
    webhookKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    /** A signed webhook with these bytes. */
    webhook: (body: string, at: Date) => {
      const stamp = String(Math.floor(at.getTime() / 1000))
      const signature = createSign('sha256').update(stamp).update(body).sign(privateKey, 'base64')
      return {
        'X-Twilio-Email-Event-Webhook-Signature': signature,
        'X-Twilio-Email-Event-Webhook-Timestamp': stamp,
      }
    },
  }
}
