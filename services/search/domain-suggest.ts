import { compareIds } from './domain'
import { clear, evaluate } from './domain-evaluate'
import { placeIn, weightIn } from './domain-fields'
import { areInitials, initialsOf, lettersOf } from './domain-hangul'
import { longestKeyword } from './domain-keyword'
import { type Part, placeOf } from './domain-part'
import { wordsIn } from './domain-rank'
import { fold, hanWords, oneForm, pairMark, type Token, tokensOf, visible } from './domain-text'

/** Words that go on from what is typed, those of the most products first. */
export interface Suggestion {
  text: string
  /** Products that have it, and all words before it. */
  count: number
}

const mostPostings = 250_000
const mostTerms = 5000

interface Typed {
  /** Everything before the last word, as typed. */
  head: string
  last: string
  script: Token['script'] | 'initials'
}

const readTyped = (text: string): Typed | undefined => {
  const shown = visible(text.slice(0, longestKeyword).toWellFormed()).trimStart()
  let last: Token | undefined
  for (const token of tokensOf(shown)) last = token
  if (!last || last.text === '') return undefined
  const head = shown.slice(0, last.from)
  if (last.script === 'han') {
    const words = hanWords(last.text)
    const word = words.at(-1) ?? ''
    return { head: head + last.text.slice(0, last.text.length - word.length), last: word, script: 'han' }
  }
  if (last.script === 'hangul') return { head, last: last.text, script: areInitials(last.text) ? 'initials' : 'hangul' }
  // Of `usb-c` the whole is typed so far; its parts are suggested for the part behind the last connector.
  const part = /[^'’\-_/.,&+]+$/.exec(last.text)?.[0] ?? ''
  if (part === '') return undefined
  return { head: head + shown.slice(last.from, last.to - part.length), last: part, script: 'word' }
}

interface Forms {
  length: number
  /** Hangul words of the dictionary with their letters and initials. */
  hangul: { term: number; letters: string; initials: string }[]
  /** The forms with marks of a word without. */
  marked: Map<string, string[]>
}
const ascii = /^[a-z\d.]*$/
const formsByTerms = new WeakMap<readonly string[], Forms>()

/** Worked out once for a dictionary, when something is first suggested from it. */
const formsOf = ({ terms }: Part): Forms => {
  const known = formsByTerms.get(terms)
  if (known?.length === terms.length) return known
  const forms: Forms = { length: terms.length, hangul: [], marked: new Map() }
  for (const [at, term] of terms.entries()) {
    if (ascii.test(term) || term.startsWith(pairMark)) continue
    if (/^[가-힣]/.test(term)) forms.hangul.push({ term: at, letters: lettersOf(term), initials: initialsOf(term) })
    else {
      const folded = fold(term)
      if (folded !== term) forms.marked.set(folded, [...(forms.marked.get(folded) ?? []), term])
    }
  }
  formsByTerms.set(terms, forms)
  return forms
}

/** The terms of a part that the last word may become. */
function* candidates(part: Part, { last, script }: Typed): Generator<number> {
  if (script === 'initials') for (const { term, initials } of formsOf(part).hangul) if (initials.startsWith(last)) yield term
  if (script === 'hangul') {
    const letters = lettersOf(last)
    for (const one of formsOf(part).hangul) if (one.letters.startsWith(letters)) yield one.term
  }
  if (script !== 'word' && script !== 'han') return
  const prefix = script === 'word' ? fold(last) : last
  for (let at = placeOf(part.terms, prefix); part.terms[at]?.startsWith(prefix); at++) yield at
}

/** Counts the products of each candidate; words that only descriptions or SKUs have are no suggestions. */
const count = (part: Part, typed: Typed, isMeant: (doc: number) => boolean, counts: Map<string, number>) => {
  let [postingsLeft, termsLeft] = [mostPostings, mostTerms]
  const wantsDigits = /\d/.test(typed.last)
  for (const term of candidates(part, typed)) {
    if (postingsLeft <= 0 || termsLeft-- <= 0) return
    const word = part.terms[term] ?? ''
    if (/\d/.test(word) && !wantsDigits) continue
    const { values, from, to } = part.postings(term)
    postingsLeft -= to - from
    let products = 0
    let names = false
    for (let at = from; at < to; at++) {
      const posting = values[at] ?? 0
      if (!part.isLive(posting >>> 8) || !isMeant(posting >>> 8)) continue
      products++
      const weight = weightIn(posting & 255)
      names ||= placeIn(posting & 255) > 0 || (weight >= 2 && weight < 8)
    }
    if (products > 0 && names) counts.set(word, (counts.get(word) ?? 0) + products)
  }
}

/** A word is shown with its marks where most products write them, or where they were typed. */
const shownForm = (parts: readonly Part[], word: string, typed: Typed): string => {
  if (typed.script !== 'word') return word
  const forms = [...new Set(parts.flatMap(part => formsOf(part).marked.get(word) ?? []))]
  const counted = forms.map(form => ({ form, count: parts.reduce((sum, part) => sum + roughly(part, form), 0) }))
  counted.sort((a, b) => Number(b.form.startsWith(typed.last)) - Number(a.form.startsWith(typed.last)) || b.count - a.count)
  const [best] = counted
  if (!best) return word
  const all = parts.reduce((sum, part) => sum + roughly(part, word), 0)
  return best.form.startsWith(typed.last) || best.count * 2 >= all ? best.form : word
}
const roughly = (part: Part, word: string) => {
  const at = placeOf(part.terms, word)
  if (part.terms[at] !== word) return 0
  const { from, to } = part.postings(at)
  return to - from
}

export const suggest = (parts: readonly Part[], text: string, most: number): Suggestion[] => {
  const typed = readTyped(text)
  if (!typed) return []
  const counts = new Map<string, number>()
  const before = evaluate(parts, typed.head, new Map())
  try {
    for (const part of parts) {
      const { sums } = part.scratch
      const isMeant = before.words === 0 ? () => true : (doc: number) => wordsIn(sums[doc] ?? 0) === before.most && before.most > 0
      count(part, typed, isMeant, counts)
    }
  } finally {
    clear(parts, before)
  }
  const words = [...counts].map(([word, count]) => ({ word, count }))
  // A form with marks is counted with the word without them.
  const plain = words.filter(({ word, count }) => typed.script !== 'word' || (fold(word) === word && (counts.get(`${word}s`) ?? 0) < count))
  plain.sort((a, b) => b.count - a.count || a.word.length - b.word.length || compareIds(a.word, b.word))
  const head = oneForm(typed.head)
  return plain.slice(0, most).map(({ word, count }) => ({ text: head + shownForm(parts, word, typed), count }))
}
