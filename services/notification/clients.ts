import { chunks } from '#shared/chunks'
import { ask, type Clients } from '#shared/client'
import { AppError } from '#shared/errors'
import { remember } from '#shared/remember'
import { minute } from '#shared/time'
import type { ProductApi } from '../product/app'
import type { UserApi } from '../user/app'

export interface Contact {
  id: number
  email: string
  full_name: string
  phone: string | null
  language: string
}
export interface KnownProduct {
  name: string
  currency: string
}

const mostAtOnce = 100

/** Asks a service about many ids, `mostAtOnce` of them in each call. */
const askAll = async <Id, Answer>(ids: readonly Id[], askSome: (some: Id[]) => Promise<readonly Answer[]>): Promise<Answer[]> => {
  const answers: Answer[] = []
  for (const some of chunks([...new Set(ids)], mostAtOnce)) answers.push(...(await askSome(some)))
  return answers
}

/** What notification asks of other services. Events hold no address, no name and no secret. */
export const notificationClients = (client: Clients) => {
  const { internal } = client<UserApi>('user')
  const { api } = client<ProductApi>('product')

  const askProducts = async (ids: readonly string[]) => {
    const found = await askAll(ids, async some => (await ask('product', api.products.batch.post({ ids: some }))).items)
    return new Map<string, KnownProduct>(found.map(({ id, name, currency }) => [id, { name, currency }]))
  }
  const products = remember(askProducts, { ms: minute, most: 5000 })
  const admins = remember(
    async (keys: readonly 'all'[]) => {
      const { items } = await ask('user', internal.users.admins.get())
      return new Map(keys.map(key => [key, items.map(({ id }) => id)]))
    },
    { ms: minute, most: 1 },
  )

  const ifThere = async <T>(call: Promise<T>, goneCode: string): Promise<T | undefined> => {
    try {
      return await call
    } catch (error) {
      if (error instanceof AppError && error.code === goneCode) return undefined
      throw error
    }
  }

  return {
    /** Erased users are left out. */
    async contacts(userIds: readonly number[]): Promise<ReadonlyMap<number, Contact>> {
      const found = await askAll(userIds, async ids => (await ask('user', internal.users.contacts.post({ ids }))).items)
      return new Map(found.map(contact => [contact.id, contact]))
    },

    /** Of these sessions, those that have neither ended nor expired. */
    async liveSessions(sids: readonly string[]): Promise<ReadonlySet<string>> {
      return new Set(await askAll(sids, async ids => (await ask('user', internal.sessions.live.post({ ids }))).ids))
    },

    /** Undefined once it has expired or was used. */
    token: (tokenId: string): Promise<{ email: string; token: string; expires_at: string } | undefined> =>
      ifThere(ask('user', internal.tokens({ token_id: tokenId }).get()), 'token_not_found'),

    /** The address to warn. Undefined once it is no longer kept. */
    addressToWarn: (warningId: string): Promise<{ email: string } | undefined> =>
      ifThere(ask('user', internal['email-warnings']({ warning_id: warningId }).get()), 'email_warning_not_found'),

    /** Products that the catalog does not have are left out. */
    products: (ids: readonly string[]): Promise<ReadonlyMap<string, KnownProduct>> => products.recent(ids),

    async adminIds(): Promise<readonly number[]> {
      return (await admins.recent(['all'])).get('all') ?? []
    },
  }
}
export type NotificationClients = ReturnType<typeof notificationClients>
