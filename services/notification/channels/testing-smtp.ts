import { afterEach } from 'bun:test'
import { createServer, type Socket } from 'node:net'
import type { SMTPServerOptions } from 'smtp-server'
import type { Outgoing } from './channel'
import { type SmtpOptions, smtpChannel } from './smtp'
import { testMailServer } from './testing-mail-server'

/** A signal that is never aborted. */
export const never = new AbortController().signal
export const sender = { name: 'The Shop', address: 'shop@shop.example' }
export const message = (changes: Partial<Outgoing> = {}): Outgoing => ({
  message_id: '7-email',
  to: 'ann@example.com',
  subject: 'Hello',
  text: 'Hello Ann',
  html: '<p>Hello Ann</p>',
  language: 'en',
  ...changes,
})

/** For one file of tests: what is opened ends with its test. */
export const testSmtp = () => {
  const endings: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end()
  })
  const opened = (options: Omit<SmtpOptions, 'sender'>) => {
    const channel = smtpChannel({ sender, tls: { rejectUnauthorized: false }, ...options })
    endings.push(channel.close)
    return channel
  }
  const served = async (options: SMTPServerOptions = {}, settings: Partial<SmtpOptions> = {}) => {
    const server = await testMailServer(options)
    endings.push(server.stop)
    return { ...server, channel: opened({ url: server.url, ...settings }) }
  }
  /** A server that says what it is told to, and then nothing. */
  const silent = async (greeting: string) => {
    const sockets = new Set<Socket>()
    const server = createServer(socket => {
      sockets.add(
        socket
          .resume()
          .on('error', () => undefined)
          .on('close', () => sockets.delete(socket)),
      )
      if (greeting !== '') socket.write(greeting)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    endings.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const address = server.address()
    return { url: `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}?tls=off`, sockets }
  }
  return { endings, opened, served, silent }
}
