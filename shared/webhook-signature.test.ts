import { describe, expect, test } from 'bun:test'
import { minute } from './time'
import { signWebhook, verifySignature } from './webhook-signature'

const at = new Date('2026-11-29T10:00:00Z')
const body = Buffer.from('{"id":1}')
const signed = signWebhook('secret', body.toString(), at)
const verify = (header: string | null, { secret = 'secret', bytes = body, now = at } = {}) => {
  try {
    verifySignature(secret, bytes, header, now)
    return 'accepted'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

describe('the signature of a webhook', () => {
  test.each([
    ['as it was signed', signed, {}, 'accepted'],
    ['five minutes later', signed, { now: new Date(at.getTime() + 5 * minute) }, 'accepted'],
    ['a second after that', signed, { now: new Date(at.getTime() + 5 * minute + 1000) }, 'stale_webhook'],
    ['from the future', signed, { now: new Date(at.getTime() - 6 * minute) }, 'stale_webhook'],
    ['with another body', signed, { bytes: Buffer.from('{"id":2}') }, 'invalid_signature'],
    ['of another secret', signed, { secret: 'another' }, 'invalid_signature'],
    ['with another time', signed.replace(/t=\d+/, `t=${at.getTime() / 1000 + 1}`), {}, 'invalid_signature'],
    ['cut off', signed.slice(0, -1), {}, 'invalid_signature'],
    ['without a header', null, {}, 'invalid_signature'],
  ])('%s: %#', (_, header, options, answer) => expect(verify(header, options)).toBe(answer))
})
