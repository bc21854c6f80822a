import { serviceInfo, serviceNames } from '../platform'
import type { Schema } from './schema'

const described: Record<string, string> = {
  auth: 'Register, log in, refresh and log out',
  users: 'Accounts, addresses, sessions, two-factor login, the audit log',
  products: 'The catalog: products, their variants and reviews, import and export',
  categories: 'The tree of categories',
  search: 'Full text, suggestions, facets, synonyms',
  recommendations: 'What goes with a product, a cart, a person',
}

/** The resource that a path is about: `orders` of `/api/orders/{id}`, `auth` of `/auth/login` and of the signing keys. */
export const tagOf = (path: string): string => /^\/api\/([a-z]+)/.exec(path)?.[1] ?? 'auth'

const ownerOf = (resource: string) => serviceNames.find(name => serviceInfo(name).resources.includes(resource))

/** The tags of these operations with what each is about. */
export const tagsOf = (operations: readonly Schema[]) => {
  const used = new Set(operations.flatMap(({ tags }) => (Array.isArray(tags) ? tags.map(String) : [])))
  return [...used].map(name => {
    const owner = ownerOf(name)
    return { name, description: described[name] ?? (owner ? serviceInfo(owner).owns : name) }
  })
}
