import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { isUnavailable } from '#shared/errors'
import type { Carrier } from './carrier'
import { carriersBy } from './contracts'
import { dhlCarrier } from './dhl'
import { fedexCarrier } from './fedex'
import { hanjinCarrier } from './hanjin'
import { sandboxCarrier } from './sandbox'

interface Seen {
  method: string
  path: string
  headers: Headers
  body: Record<string, unknown>
}
/** A carrier on this machine: one label for a key, however often it is asked for, and a status that the test sets. */
const seen: Seen[] = []
const labels = new Map<string, string>()
let status = ''
let down = false
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const { pathname } = new URL(request.url)
    const text = await request.text()
    seen.push({ method: request.method, path: pathname, headers: request.headers, body: text ? JSON.parse(text) : {} })
    if (down) return new Response('no', { status: 500 })
    if (pathname === '/oauth/token') return Response.json({ access_token: 'fedex-token' })
    if (pathname === '/ship/v1/shipments/cancel' || request.method === 'DELETE')
      return new Response(null, { status: labels.delete('1') ? 204 : 404 })
    const made = request.method === 'POST' && !pathname.startsWith('/track')
    if (made) {
      const { headers } = request
      const key = headers.get('message-reference') ?? headers.get('x-customer-transaction-id') ?? headers.get('idempotency-key') ?? ''
      const number = labels.get(key) ?? `${labels.size + 1000}`
      labels.set(key, number)
      return Response.json({
        shipmentTrackingNumber: number,
        wblNo: number,
        output: { transactionShipments: [{ masterTrackingNumber: number }] },
      })
    }
    const fedex = { latestStatusDetail: { code: status } }
    return Response.json({ shipments: [{ status: { statusCode: status } }], output: fedex, statusCode: status })
  },
})
afterAll(() => server.stop(true))
beforeEach(() => {
  seen.length = 0
  labels.clear()
  status = ''
  down = false
})

const url = server.url.href.replace(/\/$/, '')
const askAgainMs = 1000
const parcel = {
  shipmentId: 12,
  trackingNumber: 'f'.repeat(32),
  option: 'express',
  address: { line1: '1 Way', city: 'Town', country: 'DE' },
  lines: [{ product_id: 'p', sku: 'A', quantity: 3 }],
}
const sent = { shipmentId: 12, reference: '1000', status: 'created' as const, since: new Date() }

const adapters: [string, Carrier, { key: string; says: [string, string][]; unlock: [string, string] }][] = [
  [
    'dhl',
    dhlCarrier({ url, key: 'k-dhl', askAgainMs }),
    {
      key: 'message-reference',
      says: [
        ['picked-up', 'picked_up'],
        ['transit', 'in_transit'],
        ['delivered', 'delivered'],
        ['failure', 'failed'],
      ],
      unlock: ['dhl-api-key', 'k-dhl'],
    },
  ],
  [
    'fedex',
    fedexCarrier({ url, clientId: 'us', clientSecret: 's', askAgainMs }),
    {
      key: 'x-customer-transaction-id',
      says: [
        ['PU', 'picked_up'],
        ['OD', 'in_transit'],
        ['DL', 'delivered'],
        ['DE', 'failed'],
      ],
      unlock: ['authorization', 'Bearer fedex-token'],
    },
  ],
  [
    'hanjin',
    hanjinCarrier({ url, key: 'k-hanjin', askAgainMs }),
    {
      key: 'idempotency-key',
      says: [
        ['11', 'picked_up'],
        ['21', 'in_transit'],
        ['91', 'delivered'],
        ['99', 'failed'],
      ],
      unlock: ['x-api-key', 'k-hanjin'],
    },
  ],
]

describe.each(adapters)('%s', (_, carrier, { key, says, unlock }) => {
  test('makes one label for a shipment, however often it is asked for', async () => {
    const labelsMade = [await carrier.createLabel(parcel), await carrier.createLabel(parcel)]
    expect(labelsMade).toEqual([{ reference: '1000' }, { reference: '1000' }])
    const asked = seen.filter(({ headers }) => headers.has(key))
    expect(asked.map(({ headers }) => headers.get(key))).toEqual(['shipment-12', 'shipment-12'])
    expect(asked.map(({ headers }) => headers.get(unlock[0]))).toEqual([unlock[1], unlock[1]])
    expect(JSON.stringify(asked[0]?.body)).toContain('1 Way')
  })
  test('takes text for an address as well', async () => {
    expect(await carrier.createLabel({ ...parcel, address: '123 Main St, City' })).toEqual({ reference: '1000' })
    expect(JSON.stringify(seen.at(-1)?.body)).toContain('123 Main St, City')
  })
  test('tells where a parcel is in our words, and nothing of what it does not know', async () => {
    for (const [theirs, ours] of says) {
      status = theirs
      expect(String(await carrier.whereabouts(sent))).toBe(ours)
    }
    status = 'something new'
    expect(await carrier.whereabouts(sent)).toBeUndefined()
  })
  test('takes a label back, also one that was never made', async () => {
    await carrier.cancelLabel({ shipmentId: 12, reference: '1000' })
    await carrier.cancelLabel({ shipmentId: 12, reference: null })
    expect(seen.filter(({ method }) => method === 'DELETE' || method === 'PUT').length).toBe(2)
  })
  test('that fails says so without the address', async () => {
    down = true
    const error = await carrier.createLabel(parcel).catch((error: Error) => error)
    expect(error).toBeInstanceOf(Error)
    expect(Bun.inspect(error)).not.toContain('1 Way')
  })
})

test('a carrier that is not there is unavailable', async () => {
  const nobody = dhlCarrier({ url: 'http://127.0.0.1:1', key: 'k', askAgainMs })
  const error = await nobody.createLabel(parcel).catch(error => error)
  expect(isUnavailable(error)).toBe(true)
})

test('the sandbox moves a parcel one step when its time has come, and with 0 never', async () => {
  const longAgo = new Date(Date.now() - 1000)
  const [slow, quick, off] = [60_000, 500, 0].map(stepMs => sandboxCarrier({ stepMs }))
  const asked = { ...sent, since: longAgo }
  expect(await slow?.whereabouts(asked)).toBeUndefined()
  expect(await off?.whereabouts(asked)).toBeUndefined()
  expect(await quick?.whereabouts(asked)).toBe('picked_up')
  expect(await quick?.whereabouts({ ...asked, status: 'in_transit' })).toBe('delivered')
  expect(await quick?.whereabouts({ ...asked, status: 'delivered' })).toBeUndefined()
})

describe('by the environment', () => {
  const settings = async (env: Record<string, string>) => carriersBy((await import('#shared/config')).settings(env))
  test('the sandbox is there, and whoever has an address', async () => {
    const plain = await settings({})
    expect(plain.nameOf(undefined)).toBe('sandbox')
    expect(() => plain.nameOf('dhl')).toThrow('no contract')
    const more = await settings({
      CARRIER: 'dhl',
      DHL_URL: url,
      DHL_KEY: 'k',
      HANJIN_URL: url,
      HANJIN_KEY: 'k',
      FEDEX_URL: url,
      FEDEX_CLIENT_ID: 'a',
      FEDEX_CLIENT_SECRET: 'b',
    })
    expect([more.nameOf(undefined), more.nameOf('hanjin'), more.nameOf('fedex'), more.nameOf('sandbox')]).toEqual([
      'dhl',
      'hanjin',
      'fedex',
      'sandbox',
    ])
  })
  test('one that lacks its settings stops the start, by name', async () => {
    await expect(settings({ CARRIER: 'dhl' })).rejects.toThrow('CARRIER is dhl')
    await expect(settings({ DHL_URL: url })).rejects.toThrow('DHL_KEY')
    await expect(settings({ CARRIER: 'pigeon' })).rejects.toThrow('CARRIER must be one of')
  })
})
