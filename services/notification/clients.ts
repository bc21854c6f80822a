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

/** What notification asks of other services. Events hold no address, no name and no secret. */
export const notificationClients = (client: Clients) => {
  const { internal } = client<UserApi>('user')
  const { api } = client<ProductApi>('product')

  const askProducts = async (ids: readonly string[]) => {
    const found = new Map<string, KnownProduct>()
    for (const some of chunks(ids, mostAtOnce)) {
      const { items } = await ask('product', api.products.batch.post({ ids: some }))
      for (const { id, name, currency } of items) found.set(id, { name, currency })
    }
    return found
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
      const found = new Map<number, Contact>()
      for (const some of chunks([...new Set(userIds)], mostAtOnce)) {
        const { items } = await ask('user', internal.users.contacts.post({ ids: some }))
        for (const contact of items) found.set(contact.id, contact)
      }
      return found
    },

    /** Of these sessions, those that have neither ended nor expired. */
    async liveSessions(sids: readonly string[]): Promise<ReadonlySet<string>> {
      const live = new Set<string>()
      for (const some of chunks([...new Set(sids)], mostAtOnce)) {
        const { ids } = await ask('user', internal.sessions.live.post({ ids: some }))
        for (const id of ids) live.add(id)
      }
      return live
    },

    /** Undefined once it has expired or was used. */
    token: (tokenId: string): Promise<{ email: string; token: string; expires_at: string } | undefined> =>
      ifThere(ask('user', internal.tokens({ token_id: tokenId }).get()), 'token_not_found'),

    /** The address to warn of a change of e-mail. Undefined once it is no longer kept. */
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
