import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { minute, second } from '#shared/time'

export interface MailServer {
  /** `smtps://user:password@host` for TLS from the start, `smtp://…` for STARTTLS, which is then required unless the address ends in `?tls=off`. */
  url: string
  /** For a server whose certificate no public authority has signed. */
  tls?: { ca?: string; rejectUnauthorized?: boolean }
  connectionTimeoutMs?: number
  greetingTimeoutMs?: number
  socketTimeoutMs?: number
  maxConnections?: number
  /** Servers end connections that are silent; we do so before them. */
  idleMs?: number
}

/** The signal was aborted. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

const maxMessages = 100

interface Open {
  connection: SMTPConnection
  messages: number
  idle: ReturnType<typeof setTimeout> | undefined
  /** Ends what is under way on it: nodemailer says nothing to those whose connection we close. */
  fail(error: Error): void
}

/** What nodemailer needs to connect. The address is checked here, at the start, and not at the first message. */
export const connectionOptions = (server: MailServer) => {
  const { protocol, hostname, port, username, password, searchParams } = new URL(server.url)
  if ((protocol !== 'smtp:' && protocol !== 'smtps:') || hostname === '')
    throw new Error('the address of the mail server must begin with smtp:// or smtps:// and name a host')
  const secure = protocol === 'smtps:'
  const plain = searchParams.get('tls') === 'off'
  const auth = username === '' ? undefined : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
  return {
    auth,
    options: {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (secure ? 465 : 587) : Number(port),
      secure,
      requireTLS: !secure && !plain,
      ignoreTLS: plain,
      tls: server.tls ?? {},
      connectionTimeout: server.connectionTimeoutMs ?? 10 * second,
      greetingTimeout: server.greetingTimeoutMs ?? 10 * second,
      socketTimeout: server.socketTimeoutMs ?? 30 * second,
      // A server that does not answer our goodbye must not keep us.
      socketCloseTimeout: 0,
    },
  }
}

/**
 * A pool of connections to one mail server. Not nodemailer’s own: that one cannot stop a message that is under way, and may send it after the
 * caller has given up.
 */
export const smtpConnections = (server: MailServer) => {
  const { auth, options } = connectionOptions(server)
  const { maxConnections = 3, idleMs = minute / 2 } = server
  const idle: Open[] = []
  const open = new Set<Open>()
  const waiting: (() => void)[] = []
  let closed = false

  const drop = (one: Open) => {
    clearTimeout(one.idle)
    open.delete(one)
    if (idle.includes(one)) idle.splice(idle.indexOf(one), 1)
    one.connection.close()
    one.fail(new Stopped())
    waiting.shift()?.()
  }
  const connect = async (signal: AbortSignal): Promise<Open> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const one: Open = { connection: new SMTPConnection(options), messages: 0, idle: undefined, fail: reject }
    const { connection } = one
    open.add(one)
    connection.once('end', () => drop(one))
    // Also for what goes wrong while it is idle: an error that nobody listens for would end the process.
    connection.on('error', error => {
      one.fail(error)
      drop(one)
    })
    const stop = () => reject(new Stopped())
    signal.addEventListener('abort', stop, { once: true })
    const done = (error?: Error | null) => (error ? reject(error) : resolve())
    connection.connect(error => (error || !auth ? done(error) : connection.login({ credentials: auth }, done)))
    try {
      await promise
      return one
    } catch (error) {
      drop(one)
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
  const aTurn = (signal: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stop = () => {
      if (waiting.includes(resolve)) waiting.splice(waiting.indexOf(resolve), 1)
      reject(new Stopped())
    }
    waiting.push(resolve)
    signal.addEventListener('abort', stop, { once: true })
    return promise.finally(() => signal.removeEventListener('abort', stop))
  }
  const take = async (signal: AbortSignal): Promise<Open> => {
    for (;;) {
      if (closed || signal.aborted) throw new Stopped()
      const one = idle.pop()
      if (one) {
        clearTimeout(one.idle)
        return one
      }
      if (open.size < maxConnections) return connect(signal)
      await aTurn(signal)
    }
  }
  const giveBack = (one: Open) => {
    if (closed || one.messages >= maxMessages || !open.has(one)) return drop(one)
    one.idle = setTimeout(drop, idleMs, one)
    one.idle.unref()
    idle.push(one)
    waiting.shift()?.()
  }
  const deliver = (one: Open, from: string, to: string, message: Buffer, signal: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    one.fail = reject
    const stop = () => reject(new Stopped())
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    else one.connection.send({ from, to: [to], size: message.length }, message, error => (error ? reject(error) : resolve()))
    return promise.finally(() => signal.removeEventListener('abort', stop))
  }

  return {
    /** Hands one message to the server for exactly one address, or throws. A connection on which anything failed is used no more. */
    async send(from: string, to: string, message: Buffer, signal: AbortSignal): Promise<void> {
      const one = await take(signal)
      try {
        one.messages += 1
        await deliver(one, from, to, message, signal)
        giveBack(one)
      } catch (error) {
        drop(one)
        throw error
      }
    },
    close() {
      closed = true
      for (const one of [...open]) drop(one)
      for (const wake of waiting.splice(0)) wake()
    },
  }
}
