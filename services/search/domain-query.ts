import { oneForm, visible } from './domain-text'

/** One spelling for one query, however it was typed. */
export const keptForm = (keyword: string): string =>
  oneForm(visible(keyword.slice(0, 200)))
    .replace(/\s+/g, ' ')
    .trim()

const longest = 50

/** Addresses, numbers of phones and cards, and long texts say something about a person, so they are never counted. */
export const isKept = (query: string): boolean =>
  query.length >= 2 && query.length <= longest && !query.includes('@') && (query.match(/\d/g) ?? []).length < 6 && !/\p{Cc}/u.test(query)
