import { describe, expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import type { SMTPServerOptions } from 'smtp-server'
import { messageIdOf, smtpChannel, unsubscribeHeaders } from './smtp'
import { testMailServer } from './testing-mail-server'
import { message, never, sender, testSmtp } from './testing-smtp'

const { endings, opened, served } = testSmtp()

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
  test.each(['김하나@example.com', "o'neil+tag@sub.example.co", '{a|b}@example.com'])('reaches exactly %s', async to => {
    const { channel, mails } = await served()
    expect((await channel.send(message({ to }), never)).outcome).toBe('sent')
    expect(mails.map(mail => mail.to)).toEqual([[to]])
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
