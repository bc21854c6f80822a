import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface ReceivedMail {
  from: string
  /** The addresses of the envelope: who really gets it. */
  to: string[]
  /** Whether it came over TLS, and as whom. */
  secure: boolean
  user: string | undefined
  raw: string
  /** By their names in small letters, each with its lines put together. */
  headers: Record<string, string>
  text: string
  html: string
}

const decoded = (headers: Record<string, string>, body: string): string => {
  const encoding = headers['content-transfer-encoding']?.toLowerCase()
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding !== 'quoted-printable') return body
  const bytes = body.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
/** A header’s words, of which nodemailer encodes those that are not ASCII. */
const words = (value: string) =>
  value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('latin1')
        : text.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    )
const split = (raw: string) => {
  const at = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, at)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = Object.fromEntries(
    lines.map(line => {
      const value = line.slice(line.indexOf(':') + 1).trim()
      const isEncoded = /=\?utf-8\?/i.test(value)
      return [line.slice(0, line.indexOf(':')).toLowerCase(), isEncoded ? Buffer.from(words(value), 'latin1').toString() : value]
    }),
  )
  return { headers, body: raw.slice(at + 4) }
}
const partsOf = (raw: string): { type: string; text: string }[] => {
  const { headers, body } = split(raw)
  const type = headers['content-type'] ?? 'text/plain'
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1]
  if (boundary === undefined) return [{ type, text: decoded(headers, body).replaceAll('\r\n', '\n').trim() }]
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .flatMap(part => partsOf(part.replace(/^\r\n/, '')))
}

/** A mail server on this machine that keeps what it receives. What it refuses, it is told in `options`. */
export const testMailServer = async (options: SMTPServerOptions = {}) => {
  const mails: ReceivedMail[] = []
  let connections = 0
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    // Its certificate is one that everybody has; it says so unless it may log nothing.
    logger: false,
    closeTimeout: 100,
    onConnect(_, done) {
      connections += 1
      done()
    },
    onAuth: ({ username, password }, _, done) =>
      password === 'secret' ? done(null, { user: username }) : done(new Error('wrong password')),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', chunk => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString()
        const parts = partsOf(raw)
        const part = (type: string) => parts.find(one => one.type.startsWith(type))?.text ?? ''
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: session.user,
          raw,
          headers: split(raw).headers,
          text: part('text/plain'),
          html: part('text/html'),
        })
        done()
      })
    },
    ...options,
  })
  // A client that gives up is what some tests are about.
  server.on('error', () => undefined)
  const { promise, resolve } = Promise.withResolvers<void>()
  const listening = server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = listening.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    url: `${options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
    mails,
    connections: () => connections,
    stop: () => new Promise<void>(resolve => server.close(resolve)),
  }
}
