import { type Address, placeOfAddress } from '../address'

export interface OfferOptions {
  deadlineMs?: number
  /** How long answers are remembered that do not depend on the order; 0 for not at all. */
  rememberMs: number
}

export const mostAnswers = 2000

/** Of an address, only its place decides what carriage and tax are. */
export const keyAt = (address: Address, about: unknown) => {
  const { country, region } = placeOfAddress(address)
  return JSON.stringify([country, region, about])
}
