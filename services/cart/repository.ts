import { createHash } from 'node:crypto'
import { notFound } from '#shared/errors'
import type { RequestHashes } from '#shared/idempotency-key'
import type { Redis } from '#shared/redis'
import { day, hour, second } from '#shared/time'
import { type Cart, type Choice, type Line, refusals, type ShownPrice, type ShownPrices } from './domain'
import { changeLine, clearCart, copyLines, mergeCarts, setCoupon, shareCart } from './scripts'

/** A cart belongs to a user, or to the guest who knows its id. */
export type Owner = { user: number } | { guest: string }

const seconds = (ms: number) => ms / second
/** A guest's cart that is used once and never again takes room for an hour only. */
const idleSeconds = { newGuest: seconds(hour), guest: seconds(7 * day), user: seconds(90 * day) }
const shareMs = 30 * day
const sharesKept = 20
/** As long as the other services keep what they answered to an `Idempotency-Key`. */
const markMs = day
/** Longer than a token of an erased account can be in use anywhere, and than a request can take. */
const stragglersMs = hour

const tokenPattern = /^[A-Za-z0-9_-]{22,64}$/

type Answer = [word: string, hash?: string[]]
const refuse = (word: string): never => {
  throw refusals[word]?.() ?? new Error(`the script answered ${word}`)
}

const parseLine = (name: string, stored: string): Line => {
  const [pieces = '', position = '', price = '', currency = '', sku = ''] = stored.split(' ')
  return { product_id: name.slice(0, 24), sku, quantity: Number(pieces), price: Number(price), currency, position: Number(position) }
}

/** From names and values in turn, as Redis answers a hash. Lines are in the order in which they were added. */
const cartOf = (flat: readonly string[]): Cart => {
  const lines: Line[] = []
  const cart: Cart = { version: 0, coupon: undefined, lines }
  for (let index = 0; index < flat.length; index += 2) {
    const [name = '', value = ''] = flat.slice(index, index + 2)
    if (name === 'v') cart.version = Number(value)
    else if (name === 'coupon') cart.coupon = value
    else lines.push(parseLine(name, value))
  }
  if (lines.length > 1) lines.sort((a, b) => a.position - b.position || (a.sku < b.sku ? -1 : 1))
  return cart
}

const storedShown = ({ price, currency }: ShownPrice) => `${price ?? ''} ${currency}`
const parseShown = (stored: string): ShownPrice => {
  const [price = '', currency = ''] = stored.split(' ')
  return { price: price === '' ? undefined : Number(price), currency }
}

const storedChoice = ({ price, currency, sku }: Choice) => `${price} ${currency} ${sku}`

export interface LineChange {
  product_id: string
  sku: string | undefined
  quantity: number
  /** Adds to the pieces that are there, or replaces them. */
  how: 'add' | 'set'
  /** Is done once, however often it comes. */
  request?: RequestHashes | undefined
}
export interface ChangedLine {
  cart: Cart
  isNew: boolean
  /** The request was done before. The cart is as it is now. */
  isReplayed: boolean
}
/** The cart must have one of these versions; undefined allows any. */
export type ExpectedVersions = readonly number[] | undefined
const versionsText = (versions: ExpectedVersions) => (versions ? `,${versions.join(',')},` : '*')

export const cartRepository = (redis: Redis) => {
  const { client } = redis
  const scripts = {
    changeLine: redis.script<[...Answer, made?: 'new' | 'more']>(changeLine),
    clear: redis.script<Answer>(clearCart),
    setCoupon: redis.script<Answer>(setCoupon),
    merge: redis.script<Answer>(mergeCarts),
    copy: redis.script<Answer>(copyLines),
    share: redis.script<[word: string, secondsLeft?: number]>(shareCart),
  }
  const keyOf = (owner: Owner) => ('user' in owner ? redis.key('user', owner.user) : redis.key('guest', owner.guest))
  const idleOf = (owner: Owner) => ('user' in owner ? idleSeconds.user : idleSeconds.guest)
  const firstIdleOf = (owner: Owner) => ('user' in owner ? idleSeconds.user : idleSeconds.newGuest)
  const shareKey = (token: string) => redis.key('share', createHash('sha256').update(token).digest('base64url'))
  const sharesKey = (userId: number) => redis.key('shares', userId)
  const shownKey = (userId: number) => redis.key('shown', userId)

  const erasedKey = redis.key('erased')
  const forgetCart = async (userId: number): Promise<void> => {
    const shares = await client.lrange(sharesKey(userId), 0, -1)
    await client.del(keyOf({ user: userId }), sharesKey(userId), shownKey(userId), ...shares)
  }

  const cartFrom = ([word, hash = []]: Answer): Cart => {
    return word === 'ok' ? cartOf(hash) : refuse(word)
  }

  const read = async (owner: Owner) => cartOf(Object.entries(await client.hgetall(keyOf(owner))).flat())

  return {
    /** A look at a cart keeps it from expiring, as a change does. */
    async get(owner: Owner): Promise<Cart> {
      const [cart] = await Promise.all([read(owner), client.expire(keyOf(owner), idleOf(owner))])
      return cart
    },

    /** What is in a user's cart, for their export. */
    async contentsFor(userId: number) {
      const { lines, coupon } = await read({ user: userId })
      return {
        items: lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity })),
        ...(coupon !== undefined && { coupon_code: coupon }),
      }
    },

    read,

    exists: async (owner: Owner) => (await client.exists(keyOf(owner))) === 1,

    /** What the user's cart showed last of its prices, where that is not what the lines had when they were added. */
    async shownPrices(userId: number): Promise<ShownPrices> {
      const shown = Object.entries(await client.hgetall(shownKey(userId)))
      return new Map(shown.map(([line, stored]) => [line, parseShown(stored)]))
    },

    async keepShownPrices(userId: number, shown: ShownPrices): Promise<void> {
      const replaced = client.multi().del(shownKey(userId))
      for (const [line, price] of shown) replaced.hset(shownKey(userId), line, storedShown(price))
      await replaced.expire(shownKey(userId), idleSeconds.user).exec()
    },

    /** One call. Undefined when the line is new and no choice was given: ask the catalog, and call again with the choice. */
    async changeLine(
      owner: Owner,
      { how, product_id, sku = '', quantity, request }: LineChange,
      versions: ExpectedVersions,
      choice?: Choice,
    ): Promise<ChangedLine | undefined> {
      const keys = [keyOf(owner)]
      const args = [idleOf(owner), firstIdleOf(owner), versionsText(versions), how, product_id, choice?.sku ?? sku, quantity]
      if (choice) args.push(choice.line, storedChoice(choice))
      if (request) {
        keys.push(redis.key('added', request.id))
        args.push(seconds(markMs), request.body)
      }
      const [word, hash = [], made] = await scripts.changeLine(keys, args)
      if (word === 'unknown') return undefined
      if (word === 'replayed') return { cart: cartOf(hash), isNew: made === 'new', isReplayed: true }
      return { cart: cartFrom([word, hash]), isNew: choice !== undefined, isReplayed: false }
    },

    clear: async (owner: Owner, versions: ExpectedVersions) =>
      cartFrom(await scripts.clear([keyOf(owner)], [idleOf(owner), versionsText(versions)])),

    setCoupon: async (owner: Owner, code: string | undefined, versions: ExpectedVersions) =>
      cartFrom(await scripts.setCoupon([keyOf(owner)], [idleOf(owner), versionsText(versions), code ?? ''])),

    /** Undefined when `mostOf` lacks a line of the guest's cart. */
    async merge(userId: number, guest: string, mostOf: ReadonlyMap<string, number>, versions: ExpectedVersions): Promise<Cart | undefined> {
      const owner = { user: userId }
      const args = [idleOf(owner), versionsText(versions), ...[...mostOf].flat()]
      const answer = await scripts.merge([keyOf(owner), keyOf({ guest })], args)
      return answer[0] === 'unknown' ? undefined : cartFrom(answer)
    },

    /** The lines of a cart by their names. */
    async linesOf(owner: Owner): Promise<Map<string, Line>> {
      const { v: _, coupon: __, ...lines } = await client.hgetall(keyOf(owner))
      return new Map(Object.entries(lines).map(([name, stored]) => [name, parseLine(name, stored)]))
    },

    /** Once for each token. */
    async share(userId: number, token: string): Promise<{ expiresAt: Date; isReplayed: boolean }> {
      const keys = [keyOf({ user: userId }), shareKey(token), sharesKey(userId)]
      const [word, secondsLeft = 0] = await scripts.share(keys, [seconds(shareMs), sharesKept])
      if (word !== 'ok' && word !== 'replayed') return refuse(word)
      return { expiresAt: new Date(Date.now() + secondsLeft * second), isReplayed: word === 'replayed' }
    },

    async shared(token: string): Promise<Line[]> {
      const hash = tokenPattern.test(token) ? await client.hgetall(shareKey(token)) : {}
      const { lines } = cartOf(Object.entries(hash).flat())
      if (lines.length === 0) throw notFound('shared_cart')
      return lines
    },

    /** A guest's cart must exist, so that copying makes no new carts. */
    async copy(owner: Owner, choices: readonly { choice: Choice; quantity: number }[], versions: ExpectedVersions): Promise<Cart> {
      const lines = choices.flatMap(({ choice, quantity }) => [choice.line, quantity, storedChoice(choice)])
      const mustExist = 'guest' in owner ? 'existing' : 'any'
      return cartFrom(await scripts.copy([keyOf(owner)], [idleOf(owner), versionsText(versions), mustExist, ...lines]))
    },

    async forget(userId: number): Promise<void> {
      await client.zadd(erasedKey, Date.now(), userId)
      await forgetCart(userId)
    },

    /** Deletes again what a request that was under way at the erasure has stored since. */
    async forgetStragglers(now: Date): Promise<void> {
      for (const userId of await client.zrange(erasedKey, '0', '-1')) await forgetCart(Number(userId))
      await client.zremrangebyscore(erasedKey, '-inf', now.getTime() - stragglersMs)
    },
  }
}
export type CartRepository = ReturnType<typeof cartRepository>
