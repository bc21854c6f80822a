import { readKeyword, replacementsOf, type Synonyms, type Word } from './domain-keyword'
import { liveWith, type Matching, matchWay, placeOfMatch, type Way } from './domain-match'
import { areMany, type Part } from './domain-part'
import { contribution, rarityOf, wordsIn } from './domain-rank'
import { pairMark } from './domain-text'
import { joinedWays, type NearTerm, nearTerms, plainWays, splitWays, synonymWays, typoWays, wronglyBegun } from './domain-ways'

export interface Evaluated {
  /** How many products each part has touched; their sums are in its scratch until `clear`. */
  touched: number[]
  words: number
  /** The most words that a product matches. */
  most: number
  /** See `Answer`. */
  whole: boolean
  corrected?: string
  shortened: boolean
  matched: Set<string>
}

interface Correction {
  replaced: boolean
  text: string
}

/** Matches every word of a keyword, and sums up what the matches are worth. */
export const evaluate = (parts: readonly Part[], keyword: string, synonyms: Synonyms): Evaluated => {
  const { words, shortened } = readKeyword(keyword)
  const replacements = replacementsOf(words, synonyms)
  const run = (generous: boolean): Evaluated => {
    const matched = new Set<string>()
    const touched = parts.map(() => 0)
    const corrections: Correction[] = []
    let most = 0
    let isPlain = true
    for (const [at, word] of words.entries()) {
      const others = [...joinedWays(words, at), ...synonymWays(replacements[at] ?? [])]
      const { matchings, correction, ...match } = matchWord(parts, word, others, generous, matched)
      corrections.push(correction)
      isPlain &&= match.isPlain
      most = Math.max(most, sumUp(matchings, at, touched))
    }
    const isCorrected = corrections.some(({ replaced }) => replaced)
    return {
      touched,
      words: words.length,
      most,
      whole: isPlain && !generous && !shortened && most === words.length,
      shortened,
      matched,
      ...(isCorrected && most > 0 && { corrected: joinCorrections(words, corrections) }),
    }
  }
  const first = run(false)
  if (first.most === words.length || words.length < 2) return first
  const kept = takeSums(parts, first)
  // No product has all words as they are spelled: then a word that exists may be a misspelling of another, too.
  const second = run(true)
  if (second.most > first.most) return second
  clear(parts, second)
  putBack(parts, kept)
  return first
}

interface Sums {
  docs: Uint32Array
  sums: Float64Array
}

/** The sums of a first try, out of the way of a second. */
const takeSums = (parts: readonly Part[], found: Evaluated): Sums[] => {
  const kept = parts.map(({ scratch }, at) => {
    const docs = scratch.touched.slice(0, found.touched[at])
    return { docs, sums: Float64Array.from(docs, doc => scratch.sums[doc] ?? 0) }
  })
  clear(parts, found)
  return kept
}
const putBack = (parts: readonly Part[], kept: readonly Sums[]) => {
  for (const [at, { scratch }] of parts.entries()) {
    const { docs, sums } = kept[at] ?? { docs: [], sums: [] }
    scratch.touched.set(docs)
    for (let n = 0; n < docs.length; n++) scratch.sums[docs[n] ?? 0] = sums[n] ?? 0
  }
}

/** Chinese is written without spaces. */
const joinCorrections = (words: readonly Word[], corrections: readonly Correction[]) =>
  corrections.reduce((text, one, at) => {
    const tight = words[at]?.script === 'han' && words[at - 1]?.script === 'han'
    return text + (at === 0 || tight ? '' : ' ') + one.text
  }, '')

const matchWord = (parts: readonly Part[], word: Word, others: readonly Way[], generous: boolean, matched: Set<string>) => {
  const matchings = parts.map((part): Matching => ({ part, met: 0 }))
  const tryAll = (ways: readonly Way[]) => {
    for (const matching of matchings) for (const way of ways) matchWay(matching, way, matched)
    return liveMet(matchings) > 0
  }
  let correction: Correction = { replaced: false, text: word.text }
  const isPlain = tryAll([...plainWays(word), ...others])
  if (isPlain && !generous) return { matchings, correction, isPlain }
  const splits = splitWays(word, parts)
  if (!isPlain && splits.some(({ way, halves }) => tryAll([way]) && remember(halves))) return { matchings, correction, isPlain }
  const near = distinct(parts.flatMap(part => nearTerms(word, part)))
  const isNear = tryAll(typoWays(near))
  if (isPlain) return { matchings, correction, isPlain }
  const begun = isNear ? [] : distinct(parts.flatMap(part => wronglyBegun(word, part)))
  if (isNear || tryAll(typoWays(begun))) remember(bestOf(parts, isNear ? near : begun) ?? word.text)
  return { matchings, correction, isPlain }

  function remember(text: string) {
    correction = { replaced: text !== word.text, text }
    return true
  }
}

/** Adds what the present word is worth to the sums of the products that it has met, and tells the most words that one of them matches. */
const sumUp = (matchings: readonly Matching[], at: number, touched: number[]): number => {
  let highest = 0
  const rarity = rarityOf(
    liveMet(matchings),
    matchings.reduce((sum, { part }) => sum + part.live, 0),
  )
  for (const [index, { part, met }] of matchings.entries()) {
    const { best, seen, sums, touched: list, last } = part.scratch
    let count = touched[index] ?? 0
    for (let n = 0; n < met; n++) {
      const doc = seen[n] ?? 0
      const match = best[doc] ?? 0
      best[doc] = 0
      if (!part.isLive(doc)) continue
      const place = placeOfMatch(match)
      const before = last[doc] ?? 0
      const follows = at > 0 && place > 0 && before === ((at << 4) | (place + 1))
      if (sums[doc] === 0) list[count++] = doc
      const sum = (sums[doc] ?? 0) + contribution(match, rarity, follows)
      sums[doc] = sum
      if (sum > highest) highest = sum
      last[doc] = ((at + 1) << 4) | place
    }
    touched[index] = count
  }
  return wordsIn(highest)
}

/** Leaves the scratch as the next question wants to find it. */
export const clear = (parts: readonly Part[], { touched }: Pick<Evaluated, 'touched'>): void => {
  for (const [at, part] of parts.entries()) {
    const { touched: docs, sums, last } = part.scratch
    const count = touched[at] ?? 0
    if (areMany(count, part)) {
      sums.fill(0)
      last.fill(0)
    } else
      for (let n = 0; n < count; n++) {
        sums[docs[n] ?? 0] = 0
        last[docs[n] ?? 0] = 0
      }
  }
}

const liveMet = (matchings: readonly Matching[]) => {
  let sum = 0
  for (const { part, met } of matchings)
    if (part.live === part.size) sum += met
    else for (let n = 0; n < met; n++) if (part.isLive(part.scratch.seen[n] ?? 0)) sum++
  return sum
}

const distinct = (near: readonly NearTerm[]) => [...new Map(near.map(one => [one.term, one])).values()]

/** The likeliest of the candidates: fewest typos, then whole words, then the most products. Pairs of characters are no words to show. */
const bestOf = (parts: readonly Part[], near: readonly NearTerm[]): string | undefined => {
  const counted = near
    .filter(({ term }) => !term.startsWith(pairMark))
    .map(one => ({ ...one, count: parts.reduce((sum, part) => sum + liveWith(part, one.term), 0) }))
    .filter(({ count }) => count > 0)
  counted.sort((a, b) => a.typos - b.typos || Number(a.isPrefix) - Number(b.isPrefix) || b.count - a.count || (a.term < b.term ? -1 : 1))
  return counted[0]?.term
}
