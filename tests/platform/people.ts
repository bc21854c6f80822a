import type { CampaignView } from '../../services/promotion/model'
import type { Caller, List } from '../caller'
import { shop, unique } from '../shop'
import type { Operation } from './operations'

export interface Person extends Caller {
  id: number
  username: string
  token: string
}

const password = 'a long enough password 1'
export const logIn = async ({ username }: { username: string }) => (await shop.login({ username, password })).access_token

/** A new account, logged in, with `mark` in all its personal data. */
export const newPerson = async (role: 'customer' | 'admin' = 'customer', mark = `p${unique()}`): Promise<Person> => {
  const personal = {
    email: `${mark}@example.com`,
    username: mark,
    full_name: `${mark} Person`,
    phone: '0123456789',
    address: `${mark} Road`,
  }
  const { id } = await shop.guest.call<{ id: number }>('POST', '/api/users/register', { body: { ...personal, password } })
  if (role === 'admin') await (await shop.admin()).call('PATCH', `/api/users/${id}`, { body: { role } })
  const token = await logIn(personal)
  return { id, username: mark, token, ...shop.as(token) }
}

/** An operation that ends or changes the caller's own account: it is tried with an account that no other test needs. */
export const changesItsCaller = ({ path, method }: Operation) => method !== 'GET' && /^\/api\/users\/(me|logout)|^\/auth\/logout/.test(path)

/** Trying every route creates campaigns without a code, which would lower every later price. */
export const deleteAutomaticCampaigns = async () => {
  const admin = await shop.admin()
  for (let skip = 0, total = 1; skip < total; skip += 100) {
    const page = await admin.call<List<CampaignView> & { total: number }>('GET', `/api/promotions?limit=100&skip=${skip}`)
    total = page.total
    for (const { id, automatic } of page.items) if (automatic) await admin.ask('DELETE', `/api/promotions/${id}`)
  }
}
