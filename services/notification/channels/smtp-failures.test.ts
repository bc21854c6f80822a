import { describe, expect, test } from 'bun:test'
import type { SMTPServerOptions } from 'smtp-server'
import { eventually } from '#shared/testing'
import { connectionOptions } from './smtp-connections'
import { testMailServer } from './testing-mail-server'
import { message, never, testSmtp } from './testing-smtp'

const { endings, opened, served, silent } = testSmtp()

const refusing = (at: 'onMailFrom' | 'onRcptTo', responseCode: number, text: string): SMTPServerOptions => ({
  [at]: (_: unknown, __: unknown, done: (error: Error) => void) => done(Object.assign(new Error(text), { responseCode })),
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
