import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { invalid } from '#shared/errors'

const randomLength = 18
const signatureLength = 12
const pattern = /^[A-Za-z0-9_-]{22,64}$/

interface Ports {
  /** What ids are signed with. */
  secret: string
  exists(id: string): Promise<boolean>
}

/** Ids of guest carts: random, since knowing one is the permission to use the cart, and signed, since a guest may not choose one. */
export const cartIds = ({ secret, exists }: Ports) => {
  const key = createHmac('sha256', secret).update('cart ids').digest()
  const signatureOf = (random: Uint8Array) => createHmac('sha256', key).update(random).digest().subarray(0, signatureLength)
  /** The signed ids that were checked last: checking a signature takes about 10 % of what adding an item costs. */
  const known = new LRUCache<string, true>({ max: 10_000 })
  const isSigned = (id: string) => {
    if (known.has(id)) return true
    const bytes = Buffer.from(id, 'base64url')
    if (bytes.length !== randomLength + signatureLength) return false
    const signed = timingSafeEqual(signatureOf(bytes.subarray(0, randomLength)), bytes.subarray(randomLength))
    if (signed) known.set(id, true)
    return signed
  }

  return {
    make(): string {
      const random = randomBytes(randomLength)
      return Buffer.concat([random, signatureOf(random)]).toString('base64url')
    },

    /** An id without our signature is accepted while its cart lasts: an earlier release gave it, or signed it with another key. */
    async check(id: string): Promise<string> {
      if (pattern.test(id) && (isSigned(id) || (await exists(id)))) return id
      throw invalid('invalid_cart_id', 'X-Cart-Id must be an id that an answer of the cart gave. Leave it out to get one.')
    },
  }
}
export type CartIds = ReturnType<typeof cartIds>
