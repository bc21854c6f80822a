import { badAddress, type Channel, isMailbox, keyOf, reasonFrom, refused, retry } from './channel'
import { isAnswer, post, textAt, withoutVerdict } from './provider-call'
import { messageIdOf, unsubscribeHeaders } from './smtp'

export interface SendGridOptions {
  key: string
  sender: { name: string; address: string }
  /** For accounts in the EU, and for a substitute in tests. */
  url?: string | undefined
  timeoutMs?: number
}

const provider = 'sendgrid'

/** SendGrid’s Mail Send API, v3. It has no idempotency: a repetition has the same Message-ID, which is all that a mailbox can go by. */
export const sendgridChannel = ({ key, sender, url = 'https://api.sendgrid.com', timeoutMs }: SendGridOptions): Channel => ({
  name: provider,
  async send({ message_id, to, subject = '', text, html, unsubscribe }, signal) {
    if (!isMailbox(to)) return badAddress('the address is malformed')
    const listHeaders = unsubscribe ? unsubscribeHeaders(unsubscribe.url) : {}
    if (!listHeaders) return refused('the address to unsubscribe at is malformed')
    const mail = {
      personalizations: [{ to: [{ email: to }] }],
      from: { email: sender.address, name: sender.name },
      subject: subject.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '),
      content: [{ type: 'text/plain', value: text }, ...(html === undefined ? [] : [{ type: 'text/html', value: html }])],
      headers: { 'Message-ID': messageIdOf(message_id, sender.address), 'Auto-Submitted': 'auto-generated', ...listHeaders },
      custom_args: { message: keyOf(message_id) },
      // Its links would lead by way of SendGrid, the secret ones as well.
      tracking_settings: { click_tracking: { enable: false, enable_text: false }, open_tracking: { enable: false } },
    }
    const answer = await post({
      provider,
      url: `${url}/v3/mail/send`,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(mail),
      signal,
      ...(timeoutMs !== undefined && { timeoutMs }),
    })
    if (!isAnswer(answer)) return answer
    const unclear = withoutVerdict(provider, answer)
    if (unclear) return unclear
    if (answer.status >= 200 && answer.status < 300) {
      const provider_id = answer.headers.get('x-message-id')
      return provider_id ? { outcome: 'sent', provider, provider_id } : retry('sendgrid answered without an id')
    }
    const reason = reasonFrom(textAt(answer.body, 'errors', 0, 'message') ?? `sendgrid answered ${answer.status}`, to)
    const field = textAt(answer.body, 'errors', 0, 'field') ?? ''
    return /^personalizations\.0\.to\b/.test(field) ? badAddress(reason) : refused(reason)
  },
})
