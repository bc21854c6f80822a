import { ShopError } from './error.ts'
import type { Store } from './store.ts'

/** What a login answers. Without `refresh_token` the browser keeps it in a cookie. */
export interface SessionTokens {
  access_token: string
  refresh_token?: string
  expires_in: number
  user_id: number
  email: string
}
export interface SignedIn {
  userId: number
  email: string
}

export interface ShopSession {
  /** Who is signed in, as far as this client knows: after a new start nobody, until a call or `resume` has renewed the session. */
  readonly user: SignedIn | undefined
  /** Renews the session of an earlier visit. Undefined if there is none; an error if the shop cannot be reached. */
  resume(): Promise<SignedIn | undefined>
  /** Calls `listener` whenever somebody else is signed in, or nobody any more. Returns what ends that. */
  onChange(listener: (user: SignedIn | undefined) => void): () => void
}

interface Ports {
  /** Keeps the refresh token; in cookie mode only the word that there may be one, since no script can see it. */
  store: Store
  inCookie: boolean
  /** Other tabs that share the session have the same name for it. */
  lockName: string
  refresh(body: object): Promise<SessionTokens>
}

/** A token is renewed when it has so little left that it could expire on its way. */
const spareMs = 20_000

/** One refresh at a time in all tabs. Where there are no locks, or the browser refuses them, the shop forgives a cookie that two tabs use at once. */
const locked = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
  if (!locks) return work()
  let isBegun = false
  const begin = () => {
    isBegun = true
    return work()
  }
  try {
    return await locks.request(name, begin)
  } catch (error) {
    if (isBegun) throw error
    return work()
  }
}

export const startSession = ({ store, inCookie, lockName, refresh }: Ports) => {
  const listeners = new Set<(user: SignedIn | undefined) => void>()
  let user: SignedIn | undefined
  let access: { token: string; expiresAt: number } | undefined
  let renewing: Promise<string | undefined> | undefined

  const become = (next: SignedIn | undefined) => {
    const changed = next?.userId !== user?.userId
    user = next
    if (changed) for (const listener of listeners) listener(user)
  }
  const keep = async ({ access_token, refresh_token, expires_in, user_id, email }: SessionTokens) => {
    access = { token: access_token, expiresAt: Date.now() + expires_in * 1000 - spareMs }
    await store.write(inCookie ? 'cookie' : refresh_token)
    become({ userId: user_id, email })
  }
  const nobody = () => {
    access = undefined
    become(undefined)
    return undefined
  }
  const end = async () => {
    await store.write(undefined)
    return nobody()
  }

  const renewNow = async (): Promise<string | undefined> => {
    const kept = await store.read()
    if (kept === undefined) return nobody()
    const before = user
    try {
      await keep(await refresh(inCookie ? { session: 'cookie' } : { refresh_token: kept }))
    } catch (error) {
      // Only the shop can say that the session is over. A network that is away ends nothing.
      if (!(error instanceof ShopError) || error.status !== 401) throw error
      return end()
    }
    // Another tab signed in as somebody else: what this page was about to do is not that person's wish.
    if (before && before.userId !== user?.userId)
      throw new ShopError('Somebody else is signed in now; nothing was done.', { code: 'session_changed' })
    return access?.token
  }
  /** A token that works, unless it is `stale`. Many calls at once cause one refresh, and a guest's calls none. */
  const renew = async (stale?: string): Promise<string | undefined> => {
    if (access && access.token !== stale && Date.now() < access.expiresAt) return access.token
    if ((await store.read()) === undefined) return nobody()
    renewing ??= locked(lockName, renewNow).finally(() => {
      renewing = undefined
    })
    return renewing
  }

  const session: ShopSession = {
    get user() {
      return user
    },
    async resume() {
      await renew()
      return user
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  /** What another tab did: it signed out, or somebody signed in. */
  const follow = (isSignedIn: boolean) => {
    if (isSignedIn) session.resume().catch(() => {})
    else nobody()
  }
  return { session, inCookie, renew, keep, end, follow }
}
export type SessionKeeper = ReturnType<typeof startSession>
