import type { Part } from './domain-part'

interface Placed {
  part: Part
  doc: number
  popularity: number
}

/**
 * The products in stock that are bought most, in a category with those below it, or everywhere. Of equals, those that come first in the index.
 * A search would count facets as well.
 */
export const mostPopular = (parts: readonly Part[], most: number, category?: string): string[] => {
  const first: Placed[] = []
  for (const part of parts) {
    const { available, popularity, categoryOffsets, categoryCodes } = part.columns
    const code = category === undefined ? undefined : part.categories.indexOf(category)
    if (code === -1) continue
    const isWithin = (doc: number) => {
      if (code === undefined) return true
      for (let at = categoryOffsets[doc] ?? 0; at < (categoryOffsets[doc + 1] ?? 0); at++) if (categoryCodes[at] === code) return true
      return false
    }
    let least = first.length === most ? (first.at(-1)?.popularity ?? 0) : -1
    for (let doc = 0; doc < part.size; doc++) {
      const bought = popularity[doc] ?? 0
      if (bought <= least || (available[doc] ?? 0) <= 0 || !part.isLive(doc) || !isWithin(doc)) continue
      let at = first.length
      while (at > 0 && bought > (first[at - 1]?.popularity ?? 0)) at--
      first.splice(at, 0, { part, doc, popularity: bought })
      if (first.length > most) first.pop()
      if (first.length === most) least = first.at(-1)?.popularity ?? 0
    }
  }
  return first.map(({ part, doc }) => part.idOf(doc))
}

/** Every product with a popularity above 0. */
export const withPopularity = (parts: readonly Part[]): string[] => {
  const found: string[] = []
  for (const part of parts)
    for (let doc = 0; doc < part.size; doc++) if ((part.columns.popularity[doc] ?? 0) > 0 && part.isLive(doc)) found.push(part.idOf(doc))
  return found
}
