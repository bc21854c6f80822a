import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { settings } from '#shared/config'
import { isUnavailable } from '#shared/errors'
import { lookLeaseMs } from '../shipments'
import type { Carrier } from './carrier'
import { contractsFromSettings } from './contracts'
import { dhlCarrier } from './dhl'
import { fedexCarrier } from './fedex'
import { hanjinCarrier } from './hanjin'
import { callTimeoutMs, textAt } from './rest'
import { sandboxCarrier } from './sandbox'
import { fakeDhl, fakeFedex, fakeHanjin } from './testing-carriers'

const fakes = { dhl: fakeDhl(), fedex: fakeFedex(), hanjin: fakeHanjin() }
const each = Object.values(fakes)
afterAll(() => Promise.all(each.map(fake => fake.stop())))
beforeEach(() => {
  for (const fake of each) fake.reset()
})

const pollMs = 1000
const sender = { name: 'Shop', phone: '+49 30 1234', line1: 'Lager 1', city: 'Berlin', postal_code: '10115', country: 'DE' }
const parcel = {
  shipmentId: 12,
  trackingNumber: 'f'.repeat(32),
  option: 'express',
  sender,
  recipient: async () => ({ name: 'Ada Lovelace', phone: '+49 30 99' }),
  address: { line1: '1 Way', city: 'Town', postal_code: '10117', country: 'DE' },
  pieces: 3,
  grams: 1500,
}
const labelled = { shipmentId: 12, reference: '1000', status: 'created' as const, since: new Date() }
const dhlSettings = {
  shipping: { url: fakes.dhl.url, key: 'k-ship', user: 'shop', password: 'p', customerNumber: '3333333333' },
  tracking: { url: fakes.dhl.url, key: 'k-track' },
  pollMs,
}
const fedexSettings = { url: fakes.fedex.url, clientId: 'us', clientSecret: 's', accountNumber: '740561073', pollMs }
const hanjinSettings = { url: fakes.hanjin.url, key: 'k-hanjin', customerCode: 'C1', pollMs }

interface Expected {
  statuses: [theirs: string, ours: string][]
  /** The same carrier with a wrong credential. */
  stranger: Carrier
}
const adapters: ['dhl' | 'fedex' | 'hanjin', Carrier, Expected][] = [
  [
    'dhl',
    dhlCarrier(dhlSettings),
    {
      stranger: dhlCarrier({ ...dhlSettings, shipping: { ...dhlSettings.shipping, key: dhlSettings.tracking.key } }),
      statuses: [
        ['transit', 'in_transit'],
        ['delivered', 'delivered'],
        ['failure', 'failed'],
      ],
    },
  ],
  [
    'fedex',
    fedexCarrier(fedexSettings),
    {
      stranger: fedexCarrier({ ...fedexSettings, accountNumber: '1' }),
      statuses: [
        ['PU', 'picked_up'],
        ['OD', 'in_transit'],
        ['DL', 'delivered'],
        ['DE', 'failed'],
        ['RS', 'returned'],
      ],
    },
  ],
  [
    'hanjin',
    hanjinCarrier(hanjinSettings),
    {
      stranger: hanjinCarrier({ ...hanjinSettings, key: 'wrong' }),
      statuses: [
        ['11', 'picked_up'],
        ['21', 'in_transit'],
        ['91', 'delivered'],
        ['95', 'returned'],
        ['99', 'failed'],
      ],
    },
  ],
]

describe.each(adapters)('%s', (name, carrier, { statuses, stranger }) => {
  const fake = fakes[name]
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'accepted',
      (error: Error) => error.message,
    )

  test('makes a label with sender, recipient, weight and our id of the shipment', async () => {
    expect(await carrier.createLabel(parcel)).toEqual({ reference: '1000' })
    const sent = JSON.stringify(fake.labels().at(-1))
    for (const part of ['Lager 1', 'Berlin', 'Ada Lovelace', '1 Way', '10117', 'shipment-12', '1.5']) {
      if (name === 'dhl' && part === '1.5') expect(sent).toContain('{"uom":"g","value":1500}')
      else expect(sent).toContain(part)
    }
  })
  test('is refused without the right credentials, a street, or a weight', async () => {
    expect(await refusal(stranger.createLabel(parcel))).toContain('answered 40')
    expect(await refusal(carrier.createLabel({ ...parcel, grams: Number.NaN }))).toContain('answered 400')
    expect(await refusal(carrier.createLabel({ ...parcel, sender: { ...sender, line1: '' } }))).toContain('answered 400')
  })
  test('makes no label for an address in free text', async () => {
    expect(await refusal(carrier.createLabel({ ...parcel, address: '123 Main St, City' }))).toBe(
      `${name} makes no label for an address in free text`,
    )
  })
  test('translates its own statuses into ours, and an unknown one into none', async () => {
    await carrier.createLabel(parcel)
    for (const [theirs, ours] of statuses) {
      fake.report(theirs)
      expect(String(await carrier.trackParcel(labelled))).toBe(ours)
    }
    fake.report('something new')
    expect(await carrier.trackParcel(labelled)).toBeUndefined()
  })
  test('cancels a label, and accepts that it is cancelled already or that there never was one', async () => {
    const { reference } = await carrier.createLabel(parcel)
    await carrier.cancelLabel({ shipmentId: 12, reference })
    expect(fake.cancelled()).toEqual(['1000'])
    await carrier.cancelLabel({ shipmentId: 12, reference })
    await carrier.cancelLabel({ shipmentId: 13, reference: null })
    expect(fake.cancelled()).toEqual(['1000'])
  })
  test('fails with an error that does not contain the address', async () => {
    fake.fail()
    const error = await carrier.createLabel(parcel).catch((error: Error) => error)
    expect(error).toBeInstanceOf(Error)
    expect(Bun.inspect(error)).not.toContain('1 Way')
  })
})

test('DHL takes a parcel to a long name in a state with a long name', async () => {
  const address = { ...parcel.address, region: 'Mecklenburg-Vorpommern' }
  const recipient = async () => ({ name: 'Ada '.repeat(20), phone: '+49 30 99' })
  expect(await dhlCarrier(dhlSettings).createLabel({ ...parcel, address, recipient })).toHaveProperty('reference')
})

test('FedEx is asked for another token after a call that it refused', async () => {
  const fedex = fedexCarrier(fedexSettings)
  await fedex.createLabel(parcel)
  fakes.fedex.endTokens()
  await expect(fedex.createLabel(parcel)).rejects.toThrow('fedex answered 401')
  expect(await fedex.createLabel(parcel)).toHaveProperty('reference')
})

test('FedEx and DHL have a service for each option and for parcels that leave the country', async () => {
  const fedex = fedexCarrier(fedexSettings)
  const to = { ...parcel.address, country: 'FR' }
  for (const label of [
    parcel,
    { ...parcel, option: 'standard' },
    { ...parcel, address: to },
    { ...parcel, option: 'standard', address: to },
  ])
    await fedex.createLabel(label)
  expect(fakes.fedex.labels().map(label => textAt(label, 'requestedShipment', 'serviceType'))).toEqual([
    'PRIORITY_OVERNIGHT',
    'FEDEX_GROUND',
    'FEDEX_INTERNATIONAL_PRIORITY',
    'INTERNATIONAL_ECONOMY',
  ])
  const dhl = dhlCarrier(dhlSettings)
  for (const address of [parcel.address, to]) await dhl.createLabel({ ...parcel, address })
  expect(fakes.dhl.labels().map(label => textAt(label, 'shipments', 0, 'billingNumber'))).toEqual(['33333333330101', '33333333335301'])
})

test('Hanjin makes one label for a shipment, even when the call is repeated', async () => {
  const hanjin = hanjinCarrier(hanjinSettings)
  expect([await hanjin.createLabel(parcel), await hanjin.createLabel(parcel)]).toEqual([{ reference: '1000' }, { reference: '1000' }])
})

test('a carrier that cannot be reached is unavailable', async () => {
  const unreachable = hanjinCarrier({ ...hanjinSettings, url: 'http://127.0.0.1:1' })
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
  const { url } = fakes.dhl
  const east = { ...sender, city: 'Cottbus', country: 'Germany' }
  const dhl = {
    DHL_SHIPPING_URL: url,
    DHL_SHIPPING_KEY: 'k',
    DHL_USER: 'u',
    DHL_PASSWORD: 'p',
    DHL_CUSTOMER_NUMBER: '3333333333',
    DHL_TRACKING_KEY: 't',
    SHIP_FROM: JSON.stringify({ main: sender, east }),
  }
  test('send from the address of the warehouse, or of the main one', () => {
    const { senderOf } = contracts(dhl)
    expect([senderOf('east'), senderOf('west'), senderOf(undefined)]).toEqual([{ ...east, country: 'DE' }, sender, sender])
  })
  test('include the sandbox, and every carrier whose URL is set', () => {
    const plain = contracts({})
    expect(plain.choose()).toBe('sandbox')
    expect(() => plain.choose('dhl')).toThrow('no contract')
    const all = contracts({
      CARRIER: 'dhl',
      ...dhl,
      HANJIN_URL: url,
      HANJIN_KEY: 'k',
      HANJIN_CUSTOMER_CODE: 'c',
      FEDEX_URL: url,
      FEDEX_CLIENT_ID: 'a',
      FEDEX_CLIENT_SECRET: 'b',
      FEDEX_ACCOUNT_NUMBER: '1',
    })
    expect([all.choose(), all.choose('hanjin'), all.choose('fedex'), all.choose('sandbox')]).toEqual(['dhl', 'hanjin', 'fedex', 'sandbox'])
  })
  test('name the setting that is missing or wrong', () => {
    expect(() => contracts({ CARRIER: 'dhl' })).toThrow('CARRIER is dhl')
    expect(() => contracts({ DHL_SHIPPING_URL: url })).toThrow('DHL_SHIPPING_KEY')
    expect(() => contracts({ ...dhl, DHL_TRACKING_KEY: '' })).toThrow('DHL_TRACKING_KEY')
    expect(() => contracts({ ...dhl, SHIP_FROM: '' })).toThrow('SHIP_FROM is not set')
    expect(() => contracts({ ...dhl, SHIP_FROM: 'Berlin' })).toThrow('SHIP_FROM is not JSON')
    expect(() => contracts({ ...dhl, SHIP_FROM: '{"main":{"name":"Shop"}}' })).toThrow('/main/')
    expect(() => contracts({ ...dhl, SHIP_FROM: JSON.stringify({ east: sender }) })).toThrow('no address for the warehouse `main`')
    expect(() => contracts({ CARRIER: 'pigeon' })).toThrow('CARRIER must be one of')
  })
})
