import { afterEach, describe, expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import type { SMTPServerOptions } from 'smtp-server'
import { eventually } from '#shared/testing'
import type { Outgoing } from './channel'
import { messageIdOf, type SmtpOptions, smtpChannel, unsubscribeHeaders } from './smtp'
import { connectionOptions } from './smtp-connections'
import { testMailServer } from './testing-mail-server'

const never = new AbortController().signal
const sender = { name: 'The Shop', address: 'shop@shop.example' }
const message = (changes: Partial<Outgoing> = {}): Outgoing => ({
  message_id: '7-email',
  to: 'ann@example.com',
  subject: 'Hello',
  text: 'Hello Ann',
  html: '<p>Hello Ann</p>',
  language: 'en',
  ...changes,
})

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
const refusing = (at: 'onMailFrom' | 'onRcptTo', responseCode: number, text: string): SMTPServerOptions => ({
  [at]: (_: unknown, __: unknown, done: (error: Error) => void) => done(Object.assign(new Error(text), { responseCode })),
})

describe('a mail', () => {
  test('goes out over STARTTLS, with both parts, its own Message-ID, and letters of any language', async () => {
    const { channel, mails } = await served()
    const sent = await channel.send(
      message({ subject: '주문이 접수되었습니다 · xin chào', text: '안녕하세요', html: '<p>您好</p>', language: 'ko' }),
      never,
    )
    expect(sent).toEqual({ outcome: 'sent', provider: 'smtp', provider_id: '<7-email@shop.example>' })
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatchObject({ from: sender.address, to: ['ann@example.com'], secure: true, text: '안녕하세요', html: '<p>您好</p>' })
    expect(mails[0]!.headers).toMatchObject({
      'message-id': '<7-email@shop.example>',
      subject: '주문이 접수되었습니다 · xin chào',
      from: 'The Shop <shop@shop.example>',
      to: 'ann@example.com',
      'auto-submitted': 'auto-generated',
      'content-language': 'ko',
    })
    expect(mails[0]!.headers).not.toContainKey('list-unsubscribe')
  })
  test('goes out over TLS from the start, as the user whom the address names', async () => {
    const server = await testMailServer({ secure: true })
    endings.push(server.stop)
    const channel = opened({ url: server.url.replace('//', '//us%40er:secret@') })
    expect((await channel.send(message(), never)).outcome).toBe('sent')
    expect(server.mails[0]).toMatchObject({ secure: true, user: 'us@er' })
  })
  test('goes out unencrypted only where the address says so', async () => {
    const plain: SMTPServerOptions = { disabledCommands: ['STARTTLS'] }
    const { channel, mails, url } = await served(plain)
    expect(await channel.send(message(), never)).toMatchObject({ outcome: 'retry' })
    expect(mails).toEqual([])
    expect((await opened({ url: `${url}?tls=off` }).send(message(), never)).outcome).toBe('sent')
    expect(mails[0]!.secure).toBe(false)
  })
  test('is not sent to a server whose certificate nobody has signed', async () => {
    const { channel, mails } = await served({}, { tls: {} })
    expect((await channel.send(message(), never)).outcome).toBe('retry')
    expect(mails).toEqual([])
  })
  test('shares a few connections with the others, however many are sent at once', async () => {
    const { channel, mails, connections } = await served({}, { maxConnections: 2 })
    const sent = await Promise.all(Array.from({ length: 25 }, (_, n) => channel.send(message({ message_id: `m${n}` }), never)))
    expect(sent.filter(({ outcome }) => outcome === 'sent')).toHaveLength(25)
    expect(new Set(mails.map(({ headers }) => headers['message-id'])).size).toBe(25)
    expect(connections()).toBe(2)
  })
  test('is signed with DKIM, together with both headers to unsubscribe', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const { channel, mails } = await served({}, { dkim: { domainName: 'shop.example', keySelector: 'mail', privateKey } })
    await channel.send(message({ unsubscribe: { url: 'https://shop.example/u/1' } }), never)
    const signature = mails[0]!.headers['dkim-signature']!
    expect(signature).toMatch(/d=shop\.example;.* s=mail;/)
    expect(signature.toLowerCase()).toContain('list-unsubscribe')
    expect(signature.toLowerCase()).toContain('list-unsubscribe-post')
  })
})

describe('the headers to unsubscribe', () => {
  test('stand on one line each, as RFC 8058 wants them', async () => {
    const { channel, mails } = await served()
    const url = `https://shop.example/api/notifications/unsubscribe/${'a1B2-_'.repeat(20)}`
    expect((await channel.send(message({ unsubscribe: { url } }), never)).outcome).toBe('sent')
    expect(mails[0]!.raw).toContain(`\r\nList-Unsubscribe: <${url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`)
  })
  test.each([
    'https://shop.example/u\r\nBcc: evil@example.com',
    'https://shop.example/u>, <https://evil.example',
    'javascript:alert(1)',
    'https://a b',
  ])('are not made from %j', async url => {
    expect(unsubscribeHeaders(url)).toBeUndefined()
    const { channel, mails } = await served()
    expect(await channel.send(message({ unsubscribe: { url } }), never)).toMatchObject({
      outcome: 'refused',
      permanent_address_fault: false,
    })
    expect(mails).toEqual([])
  })
})

describe('injection', () => {
  test.each([
    'ann@example.com\r\nBcc: evil@example.com',
    'ann@example.com\r\nRCPT TO:<evil@example.com>',
    'ann@example.com>\r\nRCPT TO:<evil@example.com',
    'ann@example.com, evil@example.com',
    'ann@example.com evil@example.com',
    'Ann <evil@example.com>',
    'ann@example.com\u0000',
    'ann@example.com\u2028',
  ])('through the address %j reaches nobody', async to => {
    const { channel, mails, connections } = await served()
    expect(await channel.send(message({ to }), never)).toMatchObject({ outcome: 'refused', permanent_address_fault: true })
    expect([mails, connections()]).toEqual([[], 0])
  })
  test('through subject, text, sender’s name, language and message id changes neither headers nor receivers', async () => {
    const evil = 'x\r\nBcc: evil@example.com\r\nX-Evil: 1\r\n\r\nbody'
    const server = await testMailServer()
    endings.push(server.stop)
    const channel = opened({ url: server.url })
    const named = smtpChannel({ sender: { ...sender, name: evil }, url: server.url, tls: { rejectUnauthorized: false } })
    endings.push(named.close)
    const changed = message({
      subject: evil,
      text: `${evil}\r\n.\r\nRCPT TO:<evil@example.com>\r\n`,
      html: evil,
      language: evil,
      message_id: evil,
    })
    for (const one of [channel, named]) expect((await one.send(changed, never)).outcome).toBe('sent')
    expect(server.mails).toHaveLength(2)
    for (const { to, raw, headers } of server.mails) {
      expect(to).toEqual(['ann@example.com'])
      expect(raw.slice(0, raw.indexOf('\r\n\r\n'))).not.toMatch(/^(bcc|x-evil|body)/im)
      expect(headers['message-id']).toBe(messageIdOf(evil, sender.address))
    }
  })
  test('a sender that is no bare address is refused at the start', () => {
    expect(() => smtpChannel({ sender: { name: 'Shop', address: 'a@b.example, c@d.example' }, url: 'smtp://localhost' })).toThrow(
      'one bare e-mail address',
    )
  })
})

describe('a refusal of the mail server', () => {
  test.each([
    ['of the receiver for now', refusing('onRcptTo', 450, 'greylisted'), { outcome: 'retry' }],
    ['of the receiver for good', refusing('onRcptTo', 550, '5.1.1 no such user'), { outcome: 'refused', permanent_address_fault: true }],
    ['of the receiver without a reason', refusing('onRcptTo', 550, 'no'), { outcome: 'refused', permanent_address_fault: true }],
    [
      'of us, by policy, at the receiver',
      refusing('onRcptTo', 550, '5.7.1 blocked'),
      { outcome: 'refused', permanent_address_fault: false },
    ],
    ['of a full mailbox', refusing('onRcptTo', 552, '5.2.2 mailbox full'), { outcome: 'refused', permanent_address_fault: false }],
    ['of the sender', refusing('onMailFrom', 550, 'not you'), { outcome: 'refused', permanent_address_fault: false }],
    ['of everybody for now', refusing('onMailFrom', 421, 'busy'), { outcome: 'retry' }],
    [
      'of the text',
      {
        onData: (stream, _, done) => void stream.resume().on('end', () => done(Object.assign(new Error('spam'), { responseCode: 554 }))),
      } satisfies SMTPServerOptions,
      { outcome: 'refused', permanent_address_fault: false },
    ],
    [
      'of the text for now',
      {
        onData: (stream, _, done) => void stream.resume().on('end', () => done(Object.assign(new Error('later'), { responseCode: 451 }))),
      } satisfies SMTPServerOptions,
      { outcome: 'retry' },
    ],
    ['of the size', { size: 100 }, { outcome: 'refused', permanent_address_fault: false }],
  ])('%s is answered as what it is, and the next mail goes out', async (_, options, answer) => {
    const { channel } = await served(options)
    const sent = await channel.send(message(), never)
    expect(sent).toMatchObject(answer)
    expect(JSON.stringify(sent)).not.toContain('ann@example.com')
    const next = await served()
    expect((await next.channel.send(message(), never)).outcome).toBe('sent')
  })
  test('of the password is worth another attempt: the mail is not at fault', async () => {
    const server = await testMailServer()
    endings.push(server.stop)
    const sent = await opened({ url: server.url.replace('//', '//user:wrong@') }).send(message(), never)
    expect(sent).toEqual({ outcome: 'retry', reason: 'the mail server refuses our credentials' })
  })
  test('of one mail leaves the connection to none of the next', async () => {
    const { channel, mails } = await served({
      onRcptTo: ({ address }, _, done) =>
        address.startsWith('bad') ? done(Object.assign(new Error('no'), { responseCode: 550 })) : done(),
    })
    const to = ['ann@example.com', 'bad1@example.com', 'bob@example.com', 'bad2@example.com', 'eve@example.com']
    const outcomes = []
    for (const one of to) outcomes.push((await channel.send(message({ to: one }), never)).outcome)
    expect(outcomes).toEqual(['sent', 'refused', 'sent', 'refused', 'sent'])
    expect(mails.map(mail => mail.to)).toEqual([['ann@example.com'], ['bob@example.com'], ['eve@example.com']])
  })
})

describe('a mail server that is not there', () => {
  const short = { connectionTimeoutMs: 200, greetingTimeoutMs: 200, socketTimeoutMs: 200 }
  test('at all: the mail is tried again later', async () => {
    expect((await opened({ url: 'smtp://127.0.0.1:1', ...short }).send(message(), never)).outcome).toBe('retry')
  })
  test.each([
    ['does not greet', ''],
    ['greets and says no more', '220 hello\r\n'],
    ['greets with something else', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['greets with a refusal', '554 go away\r\n'],
  ])('and %s: the mail is tried again later', async (_, greeting) => {
    const { url } = await silent(greeting)
    expect((await opened({ url, ...short }).send(message(), never)).outcome).toBe('retry')
  })
  test('any more, after an idle connection was ended: the next mail opens another', async () => {
    const { channel, connections, mails } = await served({}, { idleMs: 1 })
    await eventually(async () => {
      expect((await channel.send(message(), never)).outcome).toBe('sent')
      return connections() > 1
    })
    expect(mails.length).toBeGreaterThan(1)
  })
})

describe('a caller that gives up', () => {
  test('while the server is silent gets its answer at once, and the connection is closed', async () => {
    const { url, sockets } = await silent('220 hello\r\n')
    const controller = new AbortController()
    const sent = opened({ url }).send(message(), controller.signal)
    await eventually(() => sockets.size === 1)
    controller.abort()
    expect((await sent).outcome).toBe('retry')
    await eventually(() => sockets.size === 0)
  })
  test('while the mail waits for a connection has it never sent', async () => {
    const held = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    const { channel, mails } = await served(
      {
        onMailFrom: (_, __, done) => {
          entered.resolve()
          held.promise.then(() => done())
        },
      },
      { maxConnections: 1 },
    )
    const controller = new AbortController()
    const first = channel.send(message({ message_id: 'first' }), never)
    await entered.promise
    const second = channel.send(message({ message_id: 'second' }), controller.signal)
    controller.abort()
    expect((await second).outcome).toBe('retry')
    held.resolve()
    expect((await first).outcome).toBe('sent')
    expect((await channel.send(message({ message_id: 'third' }), never)).outcome).toBe('sent')
    expect(mails.map(({ headers }) => headers['message-id'])).toEqual(['<first@shop.example>', '<third@shop.example>'])
  })
  test('before the mail was begun has nothing sent', async () => {
    const { channel, connections } = await served()
    expect((await channel.send(message(), AbortSignal.abort())).outcome).toBe('retry')
    expect(connections()).toBe(0)
  })
  test('by closing the channel gets an answer for every mail', async () => {
    const { url, sockets } = await silent('220 hello\r\n')
    const channel = opened({ url, maxConnections: 1 })
    const sent = [channel.send(message(), never), channel.send(message(), never)]
    await eventually(() => sockets.size === 1)
    channel.close()
    expect((await Promise.all(sent)).map(({ outcome }) => outcome)).toEqual(['retry', 'retry'])
  })
})

describe('the address of the mail server', () => {
  test.each([
    ['smtp://mail.example', { host: 'mail.example', port: 587, secure: false, requireTLS: true, ignoreTLS: false }],
    ['smtps://mail.example', { port: 465, secure: true, requireTLS: false }],
    ['smtp://mail.example:2525?tls=off', { port: 2525, secure: false, requireTLS: false, ignoreTLS: true }],
    ['smtp://[::1]:25', { host: '::1', port: 25 }],
  ])('%s decides host, port and encryption', (url, options) => expect(connectionOptions({ url }).options).toMatchObject(options))
  test.each(['http://mail.example', 'mail.example:25', ''])('%j is refused at the start', url =>
    expect(() => connectionOptions({ url })).toThrow(),
  )
})
