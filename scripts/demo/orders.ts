import { day, hour } from '#shared/time'
import { demoPeople } from './people'

/** How an order goes on. */
export type DemoEnd =
  | 'delivered'
  | 'returned'
  | 'partly_refunded'
  | 'undeliverable'
  | 'shipped'
  | 'packed'
  | 'paid_on_delivery'
  | 'waits_for_transfer'
  | 'cancelled_unpaid'
  | 'cancelled_paid'
  | 'declined_then_paid'

export interface DemoOrder {
  person: number
  /** How long ago it was placed. */
  agoMs: number
  lines: readonly { product: string; quantity: number }[]
  coupon?: string
  end: DemoEnd
}

/** The same numbers each time (mulberry32). */
const numbers = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

/** What each language's customers like best; the rest of a basket is from `popular`. */
const preferred = {
  en: ['02', '04', '06', '0a', '0b', '0d', '0e', '11', '16', '20', '39', '3c', '37', '42', '01'],
  ko: ['18', '19', '24', '2e', '43', '3d', '34'],
  zh: ['1a', '1b', '28', '2c', '32', '35'],
  vi: ['1c', '1d', '25', '2d', '2f', '36', '3b'],
} as const
const popular = ['0d', '08', '2b', '30', '31', '42', '03', '05', '2e', '0c', '29', '12'] as const
/** Customers who buy the first often buy the second with it. */
const together: Readonly<Record<string, string>> = { '0c': '2b', '00': '1e', '17': '1c', '39': '11', '28': '2c', '0b': '0a', '3c': '3e' }

const oldEnds: readonly DemoEnd[] = [
  ...Array<DemoEnd>(13).fill('delivered'),
  ...(['returned', 'partly_refunded', 'undeliverable', 'cancelled_unpaid', 'cancelled_paid', 'declined_then_paid'] as const),
]
const newEnds: readonly DemoEnd[] = ['packed', 'packed', 'packed', 'waits_for_transfer', 'paid_on_delivery', 'packed', 'cancelled_unpaid']

/** Two months of orders, the oldest first: more of them lately, and more in the evening. */
export const demoOrders = (count: number): DemoOrder[] => {
  const random = numbers(2026)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const ages = Array.from({ length: count }, (_, n) => (n < 10 ? (n + 1) * 5 * hour : 60 * day * (1 - Math.sqrt(random())) + 2 * day))
  return ages
    .toSorted((a, b) => b - a)
    .map(agoMs => {
      const known = demoPeople.map((_, index) => index).filter(index => (demoPeople[index]?.age ?? 0) > agoMs)
      const person = pick(known)
      const first = random() < 0.7 ? pick(preferred[demoPeople[person]?.language ?? 'en']) : pick(popular)
      const others = [together[first] ?? pick(popular), pick(popular)].slice(0, Math.floor(random() * 3))
      const products = [...new Set([first, ...others])]
      return {
        person,
        agoMs: Math.round(agoMs),
        lines: products.map(product => ({ product, quantity: random() < 0.8 ? 1 : 2 })),
        ...(random() < 0.15 && { coupon: pick(['FREESHIP', 'SAVE20', 'THREEFORTWO']) }),
        end: agoMs > 6 * day ? pick(oldEnds) : agoMs > 2 * day ? pick(['shipped', 'shipped', 'delivered']) : pick(newEnds),
      }
    })
}
