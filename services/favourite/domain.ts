import { conflict } from '#shared/errors'

export const watchKinds = ['price_drop', 'back_in_stock'] as const
export type WatchKind = (typeof watchKinds)[number]

/** The pieces of a SKU over all warehouses, by inventory's newest word. Version 0 is what the catalog shows before inventory has met the SKU. */
export interface Level {
  sku: string
  available: number
  version: number
}

/** What is known of a watched product. Amounts are in minor units. */
export interface Facts {
  /** Of the newest word of the catalog; 0 before the first. */
  version: number
  price: number | null
  currency: string | null
  /** The SKUs that can be bought. Levels of others are kept, and do not count. */
  skus: readonly string[]
  gone: boolean
  levels: readonly Level[]
  /** The number of the newest change that was worth telling. */
  changes: number
}

export type CatalogNews = { version: number; price: number; currency: string; skus: readonly string[] } | { version: number; gone: true }

/** A change of a product that its watchers are told of. */
export interface Change {
  number: number
  kind: WatchKind
  /** The new price, or how many pieces there are. */
  amount: number
  currency: string | null
}

/** What a product or inventory says, in events or when asked. Older words than those known change nothing. */
export interface News {
  catalog?: CatalogNews
  levels?: readonly Level[]
}

/** The news of one product that came together. Of what the catalog says, the newest counts: nobody could have bought at what lay between. */
export const joinNews = (all: readonly News[]): News => {
  const [catalog] = all.flatMap(news => news.catalog ?? []).toSorted((a, b) => b.version - a.version)
  return { ...(catalog && { catalog }), levels: all.flatMap(({ levels = [] }) => levels) }
}

const withCatalog = (facts: Facts, news: CatalogNews): Facts => {
  if (news.version <= facts.version) return facts
  if ('gone' in news) return { ...facts, version: news.version, gone: true }
  const { version, price, currency, skus } = news
  return { ...facts, version, price, currency, skus, gone: false }
}

const withLevel = (facts: Facts, level: Level): Facts => {
  const known = facts.levels.find(({ sku }) => sku === level.sku)
  if (known && level.version <= known.version) return facts
  return { ...facts, levels: [...facts.levels.filter(one => one !== known), level] }
}

/** The pieces that can be bought. */
export const stockOf = ({ skus, levels }: Pick<Facts, 'skus' | 'levels'>): number =>
  levels.reduce((sum, { sku, available }) => (skus.includes(sku) ? sum + Math.max(0, available) : sum), 0)

const priceChanged = (before: Facts, after: Facts): boolean =>
  before.price !== null && after.price !== null && (before.currency !== after.currency || after.price < before.price)

/** The facts after some news, with the changes that are to be told. The same facts if there is nothing new. */
export const learn = (facts: Facts, { catalog, levels = [] }: News): { facts: Facts; changes: Change[] } => {
  const after = levels.reduce(withLevel, catalog ? withCatalog(facts, catalog) : facts)
  if (after === facts || after.gone) return { facts: after, changes: [] }
  const changes: Change[] = []
  const add = (change: Omit<Change, 'number'>) => void changes.push({ number: facts.changes + changes.length + 1, ...change })
  if (priceChanged(facts, after)) add({ kind: 'price_drop', amount: after.price ?? 0, currency: after.currency })
  // Nobody could buy a product that was gone, whatever stock it had.
  if ((facts.gone || stockOf(facts) === 0) && stockOf(after) > 0) add({ kind: 'back_in_stock', amount: stockOf(after), currency: null })
  return { facts: { ...after, changes: facts.changes + changes.length }, changes }
}

/** What one user asked to be told of a product. */
export interface Watch {
  kind: WatchKind
  /** The lowest price that the user knows of: told last, or found when the watch was set. */
  price: number | null
  currency: string | null
  told_at: Date | null
  /** The product's newest change when the watch was set, which the user saw already. */
  from_change: number
}

export type Verdict = { say: 'nothing' } | { say: 'rebase' } | { say: 'tell'; from: number }

/**
 * What a change means to a watch. A price is told when it is lower than every price that the user knows; after a change of currency prices are
 * compared anew. A return to stock is told at most once in `pauseMs`, so that stock that comes and goes does not send a message each time.
 */
export const judge = (watch: Watch, change: Change, now: Date, pauseMs: number): Verdict => {
  if (watch.kind !== change.kind || change.number <= watch.from_change) return { say: 'nothing' }
  if (change.kind === 'back_in_stock') {
    const paused = watch.told_at !== null && now.getTime() - watch.told_at.getTime() < pauseMs
    return paused ? { say: 'nothing' } : { say: 'tell', from: 0 }
  }
  if (watch.price === null || watch.currency !== change.currency) return { say: 'rebase' }
  return change.amount < watch.price ? { say: 'tell', from: watch.price } : { say: 'nothing' }
}

/** Refuses what would make a user's list longer than `limit`. */
export const requireRoom = (present: number, added: number, limit: number): void => {
  if (present + added > limit)
    throw conflict('too_many_favourites', `A list holds at most ${limit} favourites, and this one has ${present}; remove some first.`)
}
export const productArchived = () => conflict('product_archived', 'The product is no longer sold, so it cannot be added or watched.')
