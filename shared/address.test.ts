import { describe, expect, test } from 'bun:test'
import { places } from '../scripts/places'
import { AddressInput, countryCode, countryLetters, normalAddress, placeOf, placeOfAddress } from './address'
import written from './address/places.json'
import { closed, t } from './schema'
import { sender, testHttp } from './testing'

const home = { line1: '1 Main St', city: 'Somewhere' }
const codeOf = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('a country', () => {
  test.each([
    [['DE', 'de', ' De ', 'DEU', 'Germany', 'GERMANY', 'germany  '], 'DE'],
    [['US', 'USA', 'usa', 'U.S.A.', 'United States', 'united  states', 'United States of America'], 'US'],
    [['GB', 'UK', 'uk', 'GBR', 'United Kingdom', 'The United Kingdom', 'Great Britain'], 'GB'],
    [['VN', 'VNM', 'Vietnam', 'Viet Nam'], 'VN'],
    [['KR', 'KOR', 'South Korea', 'Korea, Republic of'], 'KR'],
    [['CI', "Côte d'Ivoire", 'cote d’ivoire'], 'CI'],
    [['TR', 'Türkiye', 'turkey'], 'TR'],
    [['NL', 'the Netherlands'], 'NL'],
  ])('%j is %s', (spellings, code) => {
    expect(spellings.map(countryCode)).toEqual(spellings.map(() => code))
  })

  test.each(['', ' ', 'XX', 'Germoney', '日本', 'D', 'DE;', '__proto__', 'constructor', 'DE\u0000', 'ＤＥＸ'])('%j is none', spelling => {
    expect(codeOf(() => countryCode(spelling))).toBe('unknown_country')
  })
})

test('a country has three letters, too', () => {
  expect(['DE', 'US', 'KR', 'GB', 'CH'].map(countryLetters)).toEqual(['DEU', 'USA', 'KOR', 'GBR', 'CHE'])
  expect(countryLetters('XX')).toBe('XX')
  for (const code of Object.keys(written.countries)) expect(countryCode(countryLetters(code))).toBe(code)
})

describe('a region', () => {
  test.each(['MA', 'ma', 'US-MA', 'us-ma', 'Massachusetts', ' MASSACHUSETTS '])('%j is MA in the United States', region => {
    expect(placeOf({ country: 'usa', region })).toEqual({ country: 'US', region: 'MA' })
  })
  test('must be known where taxes depend on it', () => {
    expect(codeOf(() => placeOf({ country: 'US' }))).toBe('region_required')
    expect(codeOf(() => placeOf({ country: 'CA', region: ' ' }))).toBe('region_required')
    expect(codeOf(() => placeOf({ country: 'US', region: 'ON' }))).toBe('unknown_region')
    expect(codeOf(() => placeOf({ country: 'US', region: 'US-' }))).toBe('region_required')
    expect(codeOf(() => placeOf({ country: 'US', region: 'CA-MA' }))).toBe('unknown_region')
    expect(placeOf({ country: 'US', region: 'D.C.' })).toEqual({ country: 'US', region: 'DC' })
    expect(placeOf({ country: 'Canada', region: 'Québec' })).toEqual({ country: 'CA', region: 'QC' })
    expect(placeOf({ country: 'Canada', region: 'ontario' })).toEqual({ country: 'CA', region: 'ON' })
  })
  test('is kept as it is elsewhere', () => {
    expect(placeOf({ country: 'DE', region: ' Bavaria ' })).toEqual({ country: 'DE', region: 'Bavaria' })
    expect(placeOf({ country: 'DE' })).toStrictEqual({ country: 'DE' })
    expect(placeOf({ country: 'DE', region: ' ' })).toStrictEqual({ country: 'DE' })
    expect(placeOf({ region: 'MA' })).toEqual({})
  })
})

describe('an address', () => {
  test('has one normal form, and is in it the second time', () => {
    const normal = normalAddress({ ...home, country: 'United States', region: 'Massachusetts' })
    expect(normal).toEqual({ ...home, country: 'US', region: 'MA' })
    expect(normalAddress(normal)).toEqual(normal)
    expect(normalAddress('1 Main St, Germany')).toBe('1 Main St, Germany')
    const berlin = { ...home, line2: 'Back yard', postal_code: '10115', country: 'Germany', region: ' ' }
    expect(normalAddress(berlin)).toStrictEqual({ ...home, line2: 'Back yard', postal_code: '10115', country: 'DE' })
  })
  test('that an earlier release stored in another form is in the default zone', () => {
    expect(placeOfAddress({ ...home, country: 'Atlantis' })).toEqual({})
    expect(placeOfAddress({ ...home, country: 'US' })).toEqual({})
    expect(placeOfAddress({ ...home, country: 'Germany' })).toEqual({ country: 'DE' })
    expect(placeOfAddress('anywhere')).toEqual({})
  })
  test('reaches a handler in its normal form, or the client gets a 400', async () => {
    const { http } = await testHttp('order')
    const app = http('/api/orders').post('/', ({ body }) => ({ address: body.address }), {
      public: true,
      body: closed({ address: AddressInput }),
      response: { 200: t.Object({ address: t.Any() }) },
    })
    const send = sender(app)
    const answer = async (address: unknown) => {
      const { status, body } = await send('POST', '/api/orders', { address })
      return status === 200 ? body.address : [status, body.code]
    }
    expect(await answer({ ...home, country: 'Deutschland' })).toEqual([400, 'unknown_country'])
    expect(await answer({ ...home, country: 'USA' })).toEqual([400, 'region_required'])
    expect(await answer({ ...home, country: 'USA', region: 'Bavaria' })).toEqual([400, 'unknown_region'])
    expect(await answer({ ...home, country: 'Germany' })).toEqual({ ...home, country: 'DE' })
    expect(await answer('1 Main St')).toBe('1 Main St')
    expect(await answer({ ...home })).toEqual([400, 'invalid_input'])
  })
})

test('the list of places is the one that the libraries give (else: bun scripts/places.ts)', () => {
  expect(written).toEqual(JSON.parse(JSON.stringify(places())))
})
