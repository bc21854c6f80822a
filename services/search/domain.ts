/** What the index knows of a product. A price is the number that the wire shows, in major units: it is compared here, never added up. */
export interface Listing {
  id: string
  name: string
  description: string
  sku: string
  /** Of its variants. */
  skus: string[]
  category: string
  /** From the top of the tree to its own. */
  category_ids: string[]
  tags: string[]
  /** The values of its attributes, and of its variants'. */
  attributes: string[]
  price: number
  currency: string
  /** In milliseconds. */
  created_at: number
}

/** What changes without its words: a change of these touches a column of the index, and nothing else. */
export interface Standing {
  /** Of all its SKUs together. */
  available: number
  rating: number
  ratings: number
  /** How often it was bought, recent purchases more. */
  popularity: number
}
export type Indexed = Listing & Standing

export const unrated = { rating: 0, ratings: 0, popularity: 0 }

/** A change of the index, as instances pass it on to each other. */
export type Change =
  | { kind: 'put'; product: Indexed }
  | { kind: 'remove'; id: string }
  | { kind: 'stock'; id: string; available: number }
  | { kind: 'rating'; id: string; rating: number; ratings: number }
  | { kind: 'popularity'; id: string; popularity: number }

export const sorts = ['relevance', 'price', '-price', 'name', '-created_at', 'rating', 'popular'] as const
export type Sort = (typeof sorts)[number]

export interface Filters {
  /** The id of a category; its descendants are included. */
  category?: string
  min_price?: number
  max_price?: number
  in_stock?: boolean
  tag?: string
  min_rating?: number
}

export interface Question {
  keyword: string
  filters: Filters
  sort: Sort
  skip: number
  limit: number
}

export interface Hit {
  id: string
  price: number
  currency: string
  available: number
  rating: number
  ratings: number
  /** Its place among the others: compared, and explained to administrators. */
  key: number
}

export interface Facets {
  categories: { id: string; count: number }[]
  prices: { from: number; to: number; count: number }[]
  /** Of all prices that were counted, if they have one: prices are compared as numbers. */
  currency?: string
  tags: { tag: string; count: number }[]
  /** Products rated at least this well. */
  ratings: { min: number; count: number }[]
}

export interface Answer {
  hits: Hit[]
  total: number
  facets: Facets
  /** What was searched for instead, where nothing is spelled as the keyword is. */
  corrected?: string
  /** The keyword was longer than what is searched for. */
  shortened: boolean
  /** A product has every word of the keyword, and none was taken for a misspelling. */
  whole: boolean
  /** The terms that were found, to highlight them. */
  matched: ReadonlySet<string>
}

/** Ratings as if there were eight more of 3.5 stars: one enthusiast does not outdo a hundred content buyers. */
export const steadyRating = (rating: number, ratings: number): number => (rating * ratings + 3.5 * 8) / (ratings + 8)

export const idBytes = 12

/** The ids in the order of their bytes, which is that of their hexadecimal text. */
export const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
