import places from './address/places.json' with { type: 'json' }
import { invalid } from './errors'
import { closed, failing, named, type Static, t, text } from './schema'

/** The same for every way to write a name: case, accents, full stops, doubled spaces and a leading "the" make no difference. */
const spelling = (name: string) =>
  name
    .normalize('NFKD')
    .replaceAll(/[\p{M}.'’]/gu, '')
    .toLowerCase()
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replace(/^the /, '')

const bySpelling = (lists: Record<string, readonly string[]>): ReadonlyMap<string, string> =>
  new Map(Object.entries(lists).flatMap(([code, names]) => [code, ...names].map(name => [spelling(name), code] as const)))

const countries = bySpelling(places.countries)
const regionsOf: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(places.regions).map(([country, regions]) => [
    country,
    bySpelling(Object.fromEntries(Object.entries(regions).map(([code, name]) => [code, [name]]))),
  ]),
)

/** The ISO 3166-1 code of a country that is given by its two letters, its three letters or its English name. */
export const countryCode = (country: string): string => {
  const code = countries.get(spelling(country))
  if (!code)
    throw invalid('unknown_country', 'The country is not known. Send its ISO 3166 code, such as DE or DEU, or its name in English.')
  return code
}

const threeLetters: ReadonlyMap<string, string> = new Map(
  Object.entries(places.countries).map(([code, [letters = '']]) => [code, letters.toUpperCase()]),
)

/** The three letters of a country that is given by its two, such as DEU for DE. */
export const countryLetters = (code: string): string => threeLetters.get(code) ?? code

/** The code of a region in a country that taxes by region, such as MA for "Massachusetts" or "US-MA"; elsewhere the text as it is. */
export const regionCode = (country: string, region: string | undefined): string | undefined => {
  const known = regionsOf.get(country)
  if (!known) return region?.trim() || undefined
  const name = spelling(region ?? '')
  const prefix = `${country.toLowerCase()}-`
  const given = name.startsWith(prefix) ? name.slice(prefix.length) : name
  if (given === '') throw invalid('region_required', 'Taxes in this country depend on the region. Send its code, such as MA, or its name.')
  const code = known.get(given)
  if (!code) throw invalid('unknown_region', 'The region is not one of this country. Send its code, such as MA, or its name in English.')
  return code
}

/** Where taxes and zones are looked up. An address without a country is in the default zone. */
export interface Place {
  country?: string
  region?: string
}

/** The place of a query such as `?country=&region=`; a region alone means nothing. */
export const placeOf = ({ country, region }: { country?: string | undefined; region?: string | undefined }): Place => {
  if (country === undefined) return {}
  const code = countryCode(country)
  const inside = regionCode(code, region)
  return { country: code, ...(inside !== undefined && { region: inside }) }
}

export const addressFields = {
  line1: text(200, '1 Main Street'),
  line2: t.Optional(text(200)),
  city: text(100, 'Springfield'),
  region: t.Optional(text(100, 'IL')),
  postal_code: t.Optional(text(20, '62701')),
  country: text(60, 'US'),
}
/** An address as it is stored and shown: free text, or fields with codes for country and region. */
export const Address = named('Address', t.Union([text(500, '1 Main Street, Springfield'), named('PostalAddress', closed(addressFields))]))
export type Address = Static<typeof Address>

/** The one form in which services store an address and publish its place. Free text is kept as it was given. */
export const normalAddress = (address: Address): Address => {
  if (typeof address === 'string') return address
  const { region: _, ...rest } = address
  return { ...rest, ...placeOf(address), country: countryCode(address.country) }
}

/** The place of a stored address. One that an earlier release stored in another form is in the default zone. */
export const placeOfAddress = (address: Address): Place => {
  if (typeof address === 'string') return {}
  try {
    return placeOf(address)
  } catch {
    return {}
  }
}

/** With these `placeOf` refuses a place. */
export const placeProblems = ['unknown_country', 'region_required', 'unknown_region'] as const

/** An address in a request: handlers get it in its normal form, or the client gets a 400. */
export const AddressInput = t
  .Transform(failing(placeProblems, Address))
  .Decode(normalAddress)
  .Encode(address => address)
