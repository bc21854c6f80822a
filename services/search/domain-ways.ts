import { lettersOf } from './domain-hangul'
import type { Word } from './domain-keyword'
import { exactness, type Source, type Way } from './domain-match'
import { type Part, placeOf, termOf } from './domain-part'
import { pairMark, pairsOf, singular } from './domain-text'
import { distanceTo, typosAllowed } from './domain-typos'

/** The ways in which a word may match, in stages: a later stage is asked only where the ones before found nothing. */

const digits = /\d/
const number = /^[\d.]+$/
/** Another form, or a synonym, weighs less than the word itself, and a mere beginning less than either. */
const [formShare, prefixShare] = [0.75, 0.5]

/** Exact, in other marks, as a beginning, in the singular or plural. */
export const plainWays = (word: Word): Way[] =>
  word.script === 'word' ? plainWordWays(word) : word.script === 'han' ? hanWays(word) : hangulWays(word)

const plainWordWays = ({ text, folded, isLast }: Word): Way[] => {
  const hasMarks = text !== folded
  // Whoever types `đèn` means no `đen`; whoever types `den` may mean either.
  const typos = hasMarks ? 1 : 0
  const ways: Way[] = [{ sources: [{ term: folded }], typos, exactness: hasMarks ? exactness.otherMarks : exactness.asTyped, share: 1 }]
  if (hasMarks) ways.push({ sources: [{ term: text }], exactness: exactness.asTyped, share: 1 })
  const one = singular(folded)
  if (one) ways.push({ sources: [{ term: one }], typos, exactness: exactness.otherForm, share: formShare })
  else if (/^[a-z]{3,}$/.test(folded))
    ways.push({ sources: [{ terms: [`${folded}s`, `${folded}es`] }], typos, exactness: exactness.otherForm, share: formShare })
  if (!number.test(folded) && (isLast || folded.length >= 4)) {
    ways.push({ sources: [{ prefix: folded }], typos, exactness: exactness.otherForm, share: prefixShare })
    if (hasMarks) ways.push({ sources: [{ prefix: text }], exactness: exactness.otherForm, share: prefixShare })
  }
  return ways
}

const hanWays = ({ text }: Word): Way[] => {
  const ways: Way[] = [{ sources: [{ term: text }], exactness: exactness.asTyped, share: 1 }]
  const pairs = pairsOf(text)
  if ([...text].length === 1) ways.push({ sources: [{ prefix: pairMark + text }], exactness: exactness.otherForm, share: formShare })
  else ways.push({ sources: pairs.map(term => ({ term })), exactness: exactness.otherMarks, share: 1, missing: pairs.length >= 3 ? 1 : 0 })
  return ways
}

const hangulWays = ({ text }: Word): Way[] => {
  const ways: Way[] = [{ sources: [{ term: text }], exactness: exactness.asTyped, share: 1 }]
  const pairs = pairsOf(text)
  if (pairs.length === 1 && [...text].length === 1)
    ways.push({ sources: [{ prefix: pairMark + text }], exactness: exactness.otherForm, share: formShare })
  else ways.push({ sources: pairs.map(term => ({ term })), exactness: exactness.otherMarks, share: 1, missing: pairs.length >= 3 ? 1 : 0 })
  const bare = text.replace(particle, '')
  if (bare !== text && bare.length > 1)
    ways.push({ sources: pairsOf(bare).map(term => ({ term })), exactness: exactness.otherForm, share: 1 })
  return ways
}

/** What Korean appends to a noun. */
const particle = /(?:에서|으로|은|는|이|가|을|를|의|에|로|와|과|도|용)$/

/** `head phones` is `headphones`, and `usb c` is `usb-c`: for a word and its neighbours. */
export const joinedWays = (words: readonly Word[], at: number): Way[] => {
  const word = words[at]
  if (word?.script !== 'word') return []
  const pairs = [
    [words[at - 1], word],
    [word, words[at + 1]],
  ]
  return pairs.flatMap(([first, second]) =>
    first?.script === 'word' && second?.script === 'word'
      ? [{ sources: [{ term: first.folded + second.folded }], exactness: exactness.otherForm, share: 1 }]
      : [],
  )
}

export const synonymWays = (phrases: readonly (readonly Word[])[]): Way[] =>
  phrases.map(phrase => ({
    sources: phrase.flatMap(synonymSources),
    exactness: exactness.otherForm,
    share: formShare,
  }))
const synonymSources = ({ script, text, folded }: Word): Source[] => {
  if (script !== 'word') return pairsOf(text).map(term => ({ term }))
  return [{ terms: [folded, singular(folded) ?? `${folded}s`] }]
}

/** `smartwatch` is `smart watch`, where both halves are words of the catalog. */
export const splitWays = ({ script, folded }: Word, parts: readonly Part[]): { way: Way; halves: string }[] => {
  if (script !== 'word' || folded.length < 4) return []
  const known = (half: string) => parts.some(part => termOf(part, half) >= 0)
  const found: { way: Way; halves: string }[] = []
  for (let at = 1; at < folded.length; at++) {
    const [left, right] = [folded.slice(0, at), folded.slice(at)]
    const betweenDigitAndLetter = digits.test(left.at(-1) ?? '') !== digits.test(right[0] ?? '')
    if (!betweenDigitAndLetter && (left.length < 3 || right.length < 3)) continue
    if (known(left) && known(right))
      found.push({
        way: { sources: [{ term: left }, { term: right }], exactness: exactness.otherForm, share: formShare },
        halves: `${left} ${right}`,
      })
  }
  return found
}

export interface NearTerm {
  term: string
  typos: number
  /** The word is near its beginning only. */
  isPrefix: boolean
}

/** The terms of the dictionary that a word may be a misspelling of. Their first letter is right. */
export const nearTerms = (word: Word, part: Part): NearTerm[] => {
  if (word.script === 'hangul') return nearHangul(word.text, part)
  if (word.script === 'han' || digits.test(word.folded)) return word.script === 'han' ? nearHan(word.text, part) : []
  const { folded, isLast } = word
  const most = typosAllowed(folded.length)
  if (most === 0) return []
  const [first = ''] = folded
  const found: NearTerm[] = []
  for (let at = placeOf(part.terms, first); part.terms[at]?.startsWith(first); at++) {
    const term = part.terms[at] ?? ''
    if (term.length < folded.length - most || digits.test(term) || term === folded) continue
    const { whole, prefix } = distanceTo(folded, term, most, isLast)
    if (whole <= most) found.push({ term, typos: whole, isPrefix: false })
    else if (prefix <= most) found.push({ term, typos: prefix, isPrefix: true })
  }
  return found
}

const firstLetters = [...'abcdefghijklmnopqrstuvwxyz']

/** A wrong, missing or additional first letter, or the first two swapped: dearer than other slips, and the only one of the word. */
export const wronglyBegun = ({ script, folded }: Word, part: Part): NearTerm[] => {
  if (script !== 'word' || digits.test(folded) || typosAllowed(folded.length) === 0) return []
  const rest = folded.slice(1)
  const swapped = `${folded[1] ?? ''}${folded[0] ?? ''}${folded.slice(2)}`
  const candidates = [rest, swapped, ...firstLetters.flatMap(letter => [letter + rest, letter + folded])]
  return [...new Set(candidates)]
    .filter(term => term !== folded && /^[a-z]/.test(term) && termOf(part, term) >= 0)
    .sort()
    .map(term => ({ term, typos: 2, isPrefix: false }))
}

/** Korean words by their letters: `모너터` is one letter from `모니터`. */
const nearHangul = (word: string, part: Part): NearTerm[] => {
  const letters = lettersOf(word)
  const most = typosAllowed(letters.length)
  if (most === 0) return []
  const size = [...word].length
  const found: NearTerm[] = []
  for (let at = placeOf(part.terms, '가'); at < placeOf(part.terms, '\ud7a4'); at++) {
    const term = part.terms[at] ?? ''
    if (term.length < 2 || Math.abs(term.length - size) > 1 || term === word) continue
    const { whole } = distanceTo(letters, lettersOf(term), most, false)
    if (whole <= most) found.push({ term, typos: whole, isPrefix: false })
  }
  return found
}

/** A word of Han with one wrong character, by the one that is right. */
const nearHan = (word: string, part: Part): NearTerm[] => {
  const [first = '', second = '', ...more] = word
  if (second === '' || more.length > 0) return []
  const found: NearTerm[] = []
  for (let at = placeOf(part.terms, pairMark + first); part.terms[at]?.startsWith(pairMark + first); at++)
    if (part.terms[at] !== pairMark + first) found.push({ term: part.terms[at] ?? '', typos: 1, isPrefix: false })
  return found
}

/** Misspellings as ways to match: those with the fewest typos weigh most. */
export const typoWays = (near: readonly NearTerm[]): Way[] =>
  [1, 2].flatMap(typos =>
    [false, true].flatMap(isPrefix => {
      const terms = near.filter(one => one.typos === typos && one.isPrefix === isPrefix).map(({ term }) => term)
      return terms.length === 0
        ? []
        : [{ sources: [{ terms }], typos, exactness: exactness.typo, share: isPrefix ? prefixShare : 1 } satisfies Way]
    }),
  )
