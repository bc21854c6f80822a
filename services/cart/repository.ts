import { createHash } from 'node:crypto'
import { invalid, notFound } from '#shared/errors'
import type { Redis } from '#shared/redis'
import { type Cart, type Choice, type Line, refusals } from './domain'
import { changeLine, clearCart, copyLines, mergeCarts, setCoupon, shareCart, takeOrdered } from './scripts'

/** Whose cart: a user's, or that of whoever knows its id. */
export type Owner = { user: number } | { guest: string }

const day = 86_400
const idleSeconds = { guest: 7 * day, user: 90 * day }
const shareSeconds = 30 * day
const sharesKept = 20
/** As long as an inbox remembers. */
const markSeconds = 30 * day

/** 192 random bits: a cart, or a share, is whoever's who knows its id. */
export const newToken = () => Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('base64url')
const tokenPattern = /^[A-Za-z0-9_-]{22,64}$/
export const checkCartId = (id: string): string => {
  if (tokenPattern.test(id)) return id
  throw invalid('invalid_cart_id', 'X-Cart-Id must be an id as the first answer of the cart gave it.')
}

type Answer = [word: string, hash?: string[]]

const lineOf = (name: string, stored: string): Line & { place: number } => {
  const [pieces = '', place = '', price = '', currency = '', sku = ''] = stored.split(' ')
  return { product_id: name.slice(0, 24), sku, quantity: Number(pieces), price: Number(price), currency, place: Number(place) }
}

/** Names and values in turn, as Redis tells a hash; lines in the order in which they came in. */
const cartOf = (flat: readonly string[]): Cart => {
  const lines: ReturnType<typeof lineOf>[] = []
  const cart: Cart = { version: 0, coupon: undefined, lines }
  for (let at = 0; at < flat.length; at += 2) {
    const [name = '', value = ''] = [flat[at], flat[at + 1]]
    if (name === 'v') cart.version = Number(value)
    else if (name === 'coupon') cart.coupon = value
    else lines.push(lineOf(name, value))
  }
  if (lines.length > 1) lines.sort((a, b) => a.place - b.place || (a.sku < b.sku ? -1 : 1))
  return cart
}

const stored = ({ price, currency, sku }: Choice) => `${price} ${currency} ${sku}`

export interface LineChange {
  product_id: string
  sku: string | undefined
  quantity: number
  /** Adds to what is there, or is all there is to be. */
  how: 'add' | 'set'
}
/** Versions of which the cart must have one; any, when nothing is said. */
export type Wanted = readonly number[] | undefined
const wantedText = (wanted: Wanted) => (wanted ? `,${wanted.join(',')},` : '*')

export const cartRepository = (redis: Redis) => {
  const { client } = redis
  const scripts = {
    changeLine: redis.script<Answer>(changeLine),
    clear: redis.script<Answer>(clearCart),
    setCoupon: redis.script<Answer>(setCoupon),
    merge: redis.script<Answer>(mergeCarts),
    copy: redis.script<Answer>(copyLines),
    take: redis.script<number>(takeOrdered),
    share: redis.script<Answer>(shareCart),
  }
  const keyOf = (owner: Owner) => ('user' in owner ? redis.key('user', owner.user) : redis.key('guest', owner.guest))
  const idleOf = (owner: Owner) => ('user' in owner ? idleSeconds.user : idleSeconds.guest)
  const shareKey = (token: string) => redis.key('share', createHash('sha256').update(token).digest('base64url'))
  const sharesKey = (userId: number) => redis.key('shares', userId)

  const read = ([word, hash = []]: Answer): Cart => {
    if (word !== 'ok') throw refusals[word]?.() ?? new Error(`the script answered ${word}`)
    return cartOf(hash)
  }

  const stand = async (owner: Owner) => cartOf(Object.entries(await client.hgetall(keyOf(owner))).flat())

  return {
    /** Looking at it counts as use. */
    async get(owner: Owner): Promise<Cart> {
      const [cart] = await Promise.all([stand(owner), client.expire(keyOf(owner), idleOf(owner))])
      return cart
    },

    /** What a user has in it, for other services. */
    async heldFor(userId: number) {
      const { lines, coupon } = await stand({ user: userId })
      return {
        items: lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity })),
        ...(coupon !== undefined && { coupon_code: coupon }),
      }
    },

    /** One call. Undefined when the line is new and no choice was given: ask the catalog, and come again with it. */
    async change(
      owner: Owner,
      { how, product_id, sku = '', quantity }: LineChange,
      wanted: Wanted,
      choice?: Choice,
    ): Promise<Cart | undefined> {
      const args = [idleOf(owner), wantedText(wanted), how, product_id, choice?.sku ?? sku, quantity]
      const answer = await scripts.changeLine([keyOf(owner)], choice ? [...args, choice.line, stored(choice)] : args)
      return answer[0] === 'unknown' ? undefined : read(answer)
    },

    clear: async (owner: Owner, wanted: Wanted) => read(await scripts.clear([keyOf(owner)], [idleOf(owner), wantedText(wanted)])),

    setCoupon: async (owner: Owner, code: string | undefined, wanted: Wanted) =>
      read(await scripts.setCoupon([keyOf(owner)], [idleOf(owner), wantedText(wanted), code ?? ''])),

    /** Undefined when the guest's cart has a line whose cap is missing. */
    async merge(userId: number, guest: string, capOf: ReadonlyMap<string, number>): Promise<Cart | undefined> {
      const owner = { user: userId }
      const answer = await scripts.merge([keyOf(owner), keyOf({ guest })], [idleOf(owner), ...[...capOf].flat()])
      return answer[0] === 'unknown' ? undefined : read(answer)
    },

    /** Lines of a cart by the names they have in it. */
    async named(owner: Owner): Promise<Map<string, Line>> {
      const { v: _, coupon: __, ...lines } = await client.hgetall(keyOf(owner))
      return new Map(Object.entries(lines).map(([name, stored]) => [name, lineOf(name, stored)]))
    },

    async share(userId: number): Promise<{ token: string; expiresAt: Date }> {
      const token = newToken()
      const keys = [keyOf({ user: userId }), shareKey(token), sharesKey(userId)]
      read(await scripts.share(keys, [shareSeconds, sharesKept]))
      return { token, expiresAt: new Date(Date.now() + shareSeconds * 1000) }
    },

    async shared(token: string): Promise<Line[]> {
      const hash = tokenPattern.test(token) ? await client.hgetall(shareKey(token)) : {}
      const { lines } = cartOf(Object.entries(hash).flat())
      if (lines.length === 0) throw notFound('shared_cart')
      return lines
    },

    copy: async (owner: Owner, choices: readonly { choice: Choice; quantity: number }[]) =>
      read(
        await scripts.copy(
          [keyOf(owner)],
          [idleOf(owner), ...choices.flatMap(({ choice, quantity }) => [choice.line, quantity, stored(choice)])],
        ),
      ),

    /** What was ordered leaves the cart, once an order. */
    take: (userId: number, orderId: number, coupon: string | undefined, lines: readonly Pick<Line, 'product_id' | 'sku' | 'quantity'>[]) =>
      scripts.take(
        [keyOf({ user: userId }), redis.key('ordered', orderId)],
        [markSeconds, coupon ?? '', ...lines.flatMap(({ product_id, sku, quantity }) => [product_id, sku, quantity])],
      ),

    async forget(userId: number): Promise<void> {
      const shares = await client.lrange(sharesKey(userId), 0, -1)
      await client.del(keyOf({ user: userId }), sharesKey(userId), ...shares)
    },
  }
}
export type Carts = ReturnType<typeof cartRepository>
