import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { settings } from '#shared/config'
import { isUnavailable } from '#shared/errors'
import { lookLeaseMs } from '../shipments'
import type { Carrier } from './carrier'
import { contractsFromSettings } from './contracts'
import { dhlCarrier } from './dhl'
import { fedexCarrier } from './fedex'
import { hanjinCarrier } from './hanjin'
import { callTimeoutMs } from './rest'
import { sandboxCarrier } from './sandbox'

interface SeenRequest {
  method: string
  path: string
  headers: Headers
  body: Record<string, unknown>
}
/** A fake of all three carriers' APIs. It makes one label for each key, and answers with the status that the test sets. */
const seen: SeenRequest[] = []
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
    const isLabelRequest = request.method === 'POST' && !pathname.startsWith('/track')
    if (isLabelRequest) {
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
const pollMs = 1000
const parcel = {
  shipmentId: 12,
  trackingNumber: 'f'.repeat(32),
  option: 'express',
  address: { line1: '1 Way', city: 'Town', country: 'DE' },
  lines: [{ product_id: 'p', sku: 'A', quantity: 3 }],
}
const labelled = { shipmentId: 12, reference: '1000', status: 'created' as const, since: new Date() }

interface Expected {
  /** The header that carries our id of the shipment. */
  keyHeader: string
  credential: [header: string, value: string]
  statuses: [theirs: string, ours: string][]
}
const adapters: [string, Carrier, Expected][] = [
  [
    'dhl',
    dhlCarrier({ url, key: 'k-dhl', pollMs }),
    {
      keyHeader: 'message-reference',
      credential: ['dhl-api-key', 'k-dhl'],
      statuses: [
        ['picked-up', 'picked_up'],
        ['transit', 'in_transit'],
        ['delivered', 'delivered'],
        ['failure', 'failed'],
      ],
    },
  ],
  [
    'fedex',
    fedexCarrier({ url, clientId: 'us', clientSecret: 's', pollMs }),
    {
      keyHeader: 'x-customer-transaction-id',
      credential: ['authorization', 'Bearer fedex-token'],
      statuses: [
        ['PU', 'picked_up'],
        ['OD', 'in_transit'],
        ['DL', 'delivered'],
        ['DE', 'failed'],
      ],
    },
  ],
  [
    'hanjin',
    hanjinCarrier({ url, key: 'k-hanjin', pollMs }),
    {
      keyHeader: 'idempotency-key',
      credential: ['x-api-key', 'k-hanjin'],
      statuses: [
        ['11', 'picked_up'],
        ['21', 'in_transit'],
        ['91', 'delivered'],
        ['99', 'failed'],
      ],
    },
  ],
]

describe.each(adapters)('%s', (_, carrier, { keyHeader, credential: [header, credential], statuses }) => {
  test('makes one label for a shipment, even when the call is repeated', async () => {
    const answers = [await carrier.createLabel(parcel), await carrier.createLabel(parcel)]
    expect(answers).toEqual([{ reference: '1000' }, { reference: '1000' }])
    const requests = seen.filter(({ headers }) => headers.has(keyHeader))
    expect(requests.map(({ headers }) => headers.get(keyHeader))).toEqual(['shipment-12', 'shipment-12'])
    expect(requests.map(({ headers }) => headers.get(header))).toEqual([credential, credential])
    expect(JSON.stringify(requests[0]?.body)).toContain('1 Way')
  })
  test('accepts a free-text address', async () => {
    expect(await carrier.createLabel({ ...parcel, address: '123 Main St, City' })).toEqual({ reference: '1000' })
    expect(JSON.stringify(seen.at(-1)?.body)).toContain('123 Main St, City')
  })
  test('translates its own statuses into ours, and an unknown one into none', async () => {
    for (const [theirs, ours] of statuses) {
      status = theirs
      expect(String(await carrier.trackParcel(labelled))).toBe(ours)
    }
    status = 'something new'
    expect(await carrier.trackParcel(labelled)).toBeUndefined()
  })
  test('cancels a label, and accepts that there never was one', async () => {
    await carrier.cancelLabel({ shipmentId: 12, reference: '1000' })
    await carrier.cancelLabel({ shipmentId: 12, reference: null })
    expect(seen.filter(({ method }) => method === 'DELETE' || method === 'PUT').length).toBe(2)
  })
  test('fails with an error that does not contain the address', async () => {
    down = true
    const error = await carrier.createLabel(parcel).catch((error: Error) => error)
    expect(error).toBeInstanceOf(Error)
    expect(Bun.inspect(error)).not.toContain('1 Way')
  })
})

test('a carrier that cannot be reached is unavailable', async () => {
  const unreachable = dhlCarrier({ url: 'http://127.0.0.1:1', key: 'k', pollMs })
  const error = await unreachable.createLabel(parcel).catch(error => error)
  expect(isUnavailable(error)).toBe(true)
})

test('all calls of one look at a carrier end within its lease', () => {
  // FedEx may need a token first.
  expect(2 * callTimeoutMs).toBeLessThan(lookLeaseMs)
})

test('the sandbox moves a parcel by one step after each interval, and never with an interval of 0', async () => {
  const longAgo = new Date(Date.now() - 1000)
  const [slow, quick, off] = [60_000, 500, 0].map(stepMs => sandboxCarrier({ stepMs }))
  const asked = { ...labelled, since: longAgo }
  expect(await slow?.trackParcel(asked)).toBeUndefined()
  expect(await off?.trackParcel(asked)).toBeUndefined()
  expect(await quick?.trackParcel(asked)).toBe('picked_up')
  expect(await quick?.trackParcel({ ...asked, status: 'in_transit' })).toBe('delivered')
  expect(await quick?.trackParcel({ ...asked, status: 'delivered' })).toBeUndefined()
})

describe('the contracts', () => {
  const contracts = (env: Record<string, string>) => contractsFromSettings(settings(env))
  test('include the sandbox, and every carrier whose URL is set', () => {
    const plain = contracts({})
    expect(plain.choose()).toBe('sandbox')
    expect(() => plain.choose('dhl')).toThrow('no contract')
    const all = contracts({
      CARRIER: 'dhl',
      DHL_URL: url,
      DHL_KEY: 'k',
      HANJIN_URL: url,
      HANJIN_KEY: 'k',
      FEDEX_URL: url,
      FEDEX_CLIENT_ID: 'a',
      FEDEX_CLIENT_SECRET: 'b',
    })
    expect([all.choose(), all.choose('hanjin'), all.choose('fedex'), all.choose('sandbox')]).toEqual(['dhl', 'hanjin', 'fedex', 'sandbox'])
  })
  test('name the setting that is missing or wrong', () => {
    expect(() => contracts({ CARRIER: 'dhl' })).toThrow('CARRIER is dhl')
    expect(() => contracts({ DHL_URL: url })).toThrow('DHL_KEY')
    expect(() => contracts({ CARRIER: 'pigeon' })).toThrow('CARRIER must be one of')
  })
})
