import { within } from '#shared/deadline'
import { second } from '#shared/time'
import type { SearchClients } from './clients'
import { folded } from './domain-category'

interface Category {
  id: string
  name: string
  slug: string
}
interface Branch extends Category {
  children: readonly Branch[]
}

const freshMs = 10 * second
const firstWithinMs = 0.5 * second

const flat = (branches: readonly Branch[]): Category[] =>
  branches.flatMap(({ id, name, slug, children }) => [{ id, name, slug }, ...flat(children)])

interface Ports {
  clients: Pick<SearchClients, 'categories'>
  /** The names that products brought along, for what the catalog was not asked yet. */
  known: () => ReadonlyMap<string, string>
}

/** The categories by name, slug and id. An older answer is used while a newer one is asked for, and whenever the catalog does not answer. */
export const categoryNames = ({ clients, known }: Ports) => {
  let tree: Category[] | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined

  const ask = () => {
    asking ??= clients
      .categories()
      .then(items => {
        tree = flat(items)
      })
      .catch(() => {})
      .finally(() => {
        askedAt = Date.now()
        asking = undefined
      })
    return asking
  }
  const all = async (): Promise<readonly Category[]> => {
    if (Date.now() - askedAt > freshMs) {
      const answer = ask()
      // Only the very first answers wait, and not for long: names are better than none, and a search is better than names.
      if (!tree) await within(firstWithinMs, answer)
    }
    return tree ?? []
  }

  return {
    /** The id that a name, a slug or an id means; undefined where nothing is called that. */
    async idOf(given: string): Promise<string | undefined> {
      const key = folded(given)
      // Names of products come with every change, and so are never older than the catalog's answer.
      for (const [id, name] of known()) if (id === given || folded(name) === key) return id
      const found = (await all()).find(({ id, name, slug }) => id === given || slug === given || folded(name) === key)
      return found?.id
    },
    async describe(ids: readonly string[]): Promise<Map<string, { name: string; slug?: string }>> {
      const categories = new Map((await all()).map(category => [category.id, category]))
      return new Map(
        ids.flatMap(id => {
          const name = known().get(id) ?? categories.get(id)?.name
          const slug = categories.get(id)?.slug
          return name === undefined ? [] : [[id, { name, ...(slug !== undefined && { slug }) }]]
        }),
      )
    },
  }
}
export type CategoryNames = ReturnType<typeof categoryNames>
