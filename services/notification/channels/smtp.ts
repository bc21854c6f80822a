import { createTransport } from 'nodemailer'
import { aborted, badAddress, type Channel, isMailbox, keyOf, type Outgoing, reasonFrom, refused, retry, type Sent } from './channel'
import { type MailServer, Stopped, smtpConnections } from './smtp-connections'

export interface SmtpOptions extends MailServer {
  sender: { name: string; address: string }
  /** With it, mails are signed: Gmail and Yahoo want that from every shop. */
  dkim?: { domainName: string; keySelector: string; privateKey: string }
}

interface Refusal {
  code?: string
  command?: string
  responseCode?: number
  response?: string
}

/** The Message-ID of a message: the same for every attempt, so that a mailbox can tell a repetition. */
export const messageIdOf = (messageId: string, senderAddress: string) =>
  `<${keyOf(messageId)}@${senderAddress.slice(senderAddress.lastIndexOf('@') + 1)}>`

/** The headers of RFC 8058, for a mail that can be stopped by one click; undefined for an address that cannot stand in a header. */
export const unsubscribeHeaders = (url: string) =>
  /^https?:\/\/[!-;=?-~]{1,900}$/.test(url) && !url.includes('>')
    ? { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
    : undefined

/** What the server’s refusal means for the message and for the address. */
export const verdictOf = (error: unknown, to: string): Sent => {
  if (error instanceof Stopped) return aborted()
  const { code, command = '', responseCode, response = '' } = (error instanceof Error ? error : {}) as Refusal
  const reason = reasonFrom(response === '' && error instanceof Error ? error.message : response, to)
  if (code === 'EAUTH') return retry('the mail server refuses our credentials')
  if (code === 'EMESSAGE' && responseCode === undefined) return refused(reason)
  const aboutTheMessage = /^(MAIL FROM|RCPT TO|DATA)/.test(command)
  if (responseCode === undefined || responseCode < 500 || !aboutTheMessage || responseCode === 530) return retry(reason)
  // 5.7.x is a policy against us, 5.3.x a fault of theirs, and a full mailbox is emptied one day: the address is right (RFC 3463).
  const otherwise = responseCode === 552 || /^5\d\d[ -]5\.(7\.|3\.|2\.[234])/.test(response)
  return command.startsWith('RCPT TO') && !otherwise ? badAddress(reason) : refused(reason)
}

export const smtpChannel = ({ sender, dkim, ...server }: SmtpOptions): Channel & { close(): void } => {
  if (!isMailbox(sender.address)) throw new Error('the sender of mails must be one bare e-mail address')
  const connections = smtpConnections(server)
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...(dkim && { dkim }) })

  const compose = async (
    { message_id, to, subject = '', text, html, unsubscribe, language }: Outgoing,
    headers: Record<string, string>,
  ) => {
    const { message } = await composer.sendMail({
      from: { name: sender.name, address: sender.address },
      to: { name: '', address: to },
      envelope: { from: sender.address, to: [to] },
      subject: subject.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '),
      text,
      ...(html !== undefined && { html }),
      messageId: messageIdOf(message_id, sender.address),
      // No answer from a holiday, and a header that is prepared is not folded: some relays break DKIM on a folded List-Unsubscribe.
      headers: {
        'Auto-Submitted': 'auto-generated',
        ...(/^[a-z]{2}$/.test(language) && { 'Content-Language': language }),
        ...Object.fromEntries(Object.entries(unsubscribe ? headers : {}).map(([name, value]) => [name, { prepared: true, value }])),
      },
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    if (!Buffer.isBuffer(message)) throw new Error('the mail was not written whole')
    return message
  }

  return {
    name: 'smtp',
    async send(message, signal) {
      // nodemailer takes the last address of a line: what is not one bare address would go to somebody else.
      if (!isMailbox(message.to)) return badAddress('the address is malformed')
      const headers = message.unsubscribe ? unsubscribeHeaders(message.unsubscribe.url) : {}
      if (!headers) return refused('the address to unsubscribe at is malformed')
      try {
        await connections.send(sender.address, message.to, await compose(message, headers), signal)
        return { outcome: 'sent', provider: 'smtp', provider_id: messageIdOf(message.message_id, sender.address) }
      } catch (error) {
        return verdictOf(error, message.to)
      }
    },
    close: () => connections.close(),
  }
}
