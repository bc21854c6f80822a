import { join } from 'node:path'
import { alpha2ToAlpha3, getNames, registerLocale } from 'i18n-iso-countries'
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' }
import { iso31661 } from 'iso-3166'
import { iso31662 } from 'iso-3166/2.js'
import { root } from './install'

/** Countries whose taxes depend on the region. */
const withRegions = ['US', 'CA']

/**
 * What shared/address.ts knows of the world, by ISO 3166: every country's spellings, and the regions of countries that tax by region. The libraries
 * themselves would cost each service that takes addresses 16 MB of memory and 150 ms of its start, so their data is written down here.
 */
export const places = () => {
  registerLocale(english)
  const spellings: Record<string, string[]> = {}
  const add = (code: string, names: readonly (string | undefined)[]) => {
    const given = names.flatMap(name => (name ? [name.toLowerCase()] : []))
    spellings[code] = [...new Set([...(spellings[code] ?? []), ...given])]
  }
  for (const [code, names] of Object.entries(getNames('en', { select: 'all' }))) add(code, [alpha2ToAlpha3(code), ...names])
  for (const { alpha2, name } of iso31661) add(alpha2, [name])
  // The United Kingdom's reserved code.
  add('GB', ['uk'])
  const regions = Object.fromEntries(
    withRegions.map(country => [
      country,
      Object.fromEntries(iso31662.filter(({ parent }) => parent === country).map(({ code, name }) => [code.slice(3), name.toLowerCase()])),
    ]),
  )
  return { countries: Object.fromEntries(Object.entries(spellings).sort()), regions }
}

export const placesFile = join(root, 'shared/address/places.json')

if (import.meta.main) {
  await Bun.write(placesFile, `${JSON.stringify(places(), null, 2)}\n`)
  await Bun.spawn([join(root, 'node_modules/.bin/biome'), 'format', '--write', placesFile]).exited
}
