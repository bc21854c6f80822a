import { addressFields, normalAddress } from '#shared/address'
import { checker } from '#shared/checker'
import { closed, type Static, t, text } from '#shared/schema'
import type { Sender } from './carrier'

const Senders = t.Record(t.String(), closed({ name: text(100), phone: text(30), ...addressFields }))
const { check, problem } = checker(Senders)

/** The senders by warehouse, from a setting in JSON. A warehouse that it does not name sends under the address of `main`. */
export const sendersFrom = (json: string | undefined): ((warehouse: string | undefined) => Sender) => {
  if (json === undefined) throw new Error('SHIP_FROM is not set; a carrier needs the address that parcels are sent from')
  const senders = read(json)
  const { main } = senders
  if (!main) throw new Error('SHIP_FROM has no address for the warehouse `main`')
  return (warehouse = 'main') => senders[warehouse] ?? main
}

const read = (json: string): Record<string, Sender> => {
  const senders: unknown = parsed(json)
  if (!check(senders)) throw new Error(`SHIP_FROM is not a JSON object of addresses by warehouse: ${problem(senders)}`)
  return Object.fromEntries(Object.entries(senders).map(([warehouse, sender]) => [warehouse, inNormalForm(sender)]))
}
const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    throw new Error('SHIP_FROM is not JSON')
  }
}
const inNormalForm = ({ name, phone, ...address }: Static<typeof Senders>[string]): Sender => {
  const normal = normalAddress(address)
  if (typeof normal === 'string') throw new Error('SHIP_FROM has an address in free text')
  return { name, phone, ...normal }
}
