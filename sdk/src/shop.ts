import { refreshWith } from './fetch.ts'
import { type SessionKeeper, type ShopSession, startSession } from './session.ts'
import { browserStore, memoryStore, type Store } from './store.ts'

/** What this package needs of `fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface ShopOptions {
  /** Where the gateway is: `https://shop.example`. Pages that the gateway itself serves leave it out. */
  baseUrl?: string
  /**
   * `cookie`: for pages on the shop's own origin; the refresh token is kept where no script can read it. Otherwise a place for the refresh
   * token, by default this object's memory.
   */
  session?: 'cookie' | Store
  /** Keeps the id of a guest's cart. By default `localStorage` with cookie sessions, else memory. */
  cart?: Store
  /** How long a call waits for a busy shop, all `Retry-After`s together. 0 never waits. */
  longestWaitMs?: number
  /** How long a call waits for the head of an answer, at each of its attempts. */
  timeoutMs?: number
  /** In place of the global `fetch`. */
  fetch?: Fetch
}

/** A shop as one person uses it: on a server, make one for each of your users. Every function of this package takes it first. */
export interface Shop {
  readonly session: ShopSession
  /** For the functions of this package. */
  readonly connection: Connection
}
export interface Connection {
  baseUrl: string
  keeper: SessionKeeper
  cart: Store
  longestWaitMs: number
  timeoutMs: number
  fetch: Fetch
}

/** Says in `localStorage` that the browser may have a session's cookie, so that a guest's page does not ask for one. */
const sessionMark = 'shop.session'

/** Connects to nothing yet. */
export const createShop = ({
  baseUrl = '',
  session,
  cart,
  longestWaitMs = 10_000,
  timeoutMs = 60_000,
  ...given
}: ShopOptions = {}): Shop => {
  const inCookie = session === 'cookie'
  const store = session === undefined ? memoryStore() : session === 'cookie' ? browserStore(sessionMark) : session
  const base = baseUrl.replace(/\/+$/, '')
  const keeper = startSession({
    store,
    inCookie,
    lockName: `shop session ${base}`,
    refresh: body => refreshWith(connection, body),
  })
  const connection: Connection = {
    ...{ baseUrl: base, keeper, longestWaitMs, timeoutMs },
    cart: cart ?? (inCookie ? browserStore('shop.cart') : memoryStore()),
    // Called by its global name: browsers refuse a fetch that is taken off its window.
    fetch: given.fetch ?? ((url, init) => fetch(url, init)),
  }
  if (inCookie && typeof addEventListener === 'function')
    addEventListener('storage', (event: object) => {
      const { key, newValue } = Object(event)
      if (key === sessionMark) keeper.follow(newValue !== null)
    })
  return { session: keeper.session, connection }
}
