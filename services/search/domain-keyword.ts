import { completeSyllables, fold, hanWords, partsOf, type Script, tokensOf, visible } from './domain-text'

/** What a keyword asks for. However long it is, these bounds hold, and with them the time that an answer takes. */
export const mostWords = 12
export const longestWord = 64
export const longestKeyword = 256

export interface Word {
  /** As typed, in lower case. */
  text: string
  folded: string
  script: Script
  /** It may still be being typed. */
  isLast: boolean
}

/** Words that say nothing of a product. They are left out where others remain. */
const silent = new Set(
  'a an and are as at by for from in is it of on or the to with cho của va và với các những trong có là 的 和 与 及 및 과 와'.split(' '),
)

const cut = (text: string): { text: string; shortened: boolean } => {
  // Cut before normalising, too, since one character may become eighteen.
  const near = text.slice(0, 4 * longestKeyword)
  const shown = visible(near.toWellFormed()).trim()
  return { text: shown.slice(0, longestKeyword), shortened: near.length < text.length || shown.length > longestKeyword }
}

function* wordsOf(text: string): Generator<Omit<Word, 'isLast'>> {
  for (const token of tokensOf(text)) {
    const words =
      token.script === 'word' ? partsOf(token.text).parts : token.script === 'han' ? hanWords(token.text) : [completeSyllables(token.text)]
    for (const word of words) {
      const short = word.slice(0, longestWord).toWellFormed()
      yield { text: short, folded: token.script === 'word' ? fold(short) : short, script: token.script }
    }
  }
}

/** At most twelve distinct words. */
export const readKeyword = (keyword: string): { words: Word[]; shortened: boolean } => {
  const { text, shortened } = cut(keyword)
  const all = new Map<string, Omit<Word, 'isLast'>>()
  let last = ''
  let more = false
  for (const word of wordsOf(text)) {
    if (word.folded === '') continue
    last = word.folded
    if (all.has(word.folded)) continue
    if (all.size === mostWords) {
      more = true
      break
    }
    all.set(word.folded, word)
  }
  const speaking = [...all.values()].filter(({ text }) => !silent.has(text))
  const words = (speaking.length > 0 ? speaking : [...all.values()]).map(word => ({ ...word, isLast: word.folded === last }))
  return { words, shortened: shortened || more }
}

/** Groups of phrases that mean the same. */
export type Synonyms = ReadonlyMap<string, readonly (readonly Word[])[]>

const phraseKey = (words: readonly Pick<Word, 'folded'>[]) => words.map(({ folded }) => folded).join(' ')

/** The other phrases of a group, by the words of each. */
export const synonymsOf = (groups: readonly (readonly string[])[]): Synonyms => {
  const others = new Map<string, (readonly Word[])[]>()
  for (const group of groups) {
    const phrases = group
      .map(phrase => readKeyword(phrase).words.map(word => ({ ...word, isLast: false })))
      .filter(words => words.length > 0)
    for (const phrase of phrases) {
      const key = phraseKey(phrase)
      const rest = phrases.filter(other => phraseKey(other) !== key)
      others.set(key, [...(others.get(key) ?? []), ...rest])
    }
  }
  return others
}

const longestPhrase = 4

/** What each word may be replaced by: the synonyms of every phrase of the keyword that it belongs to. */
export const replacementsOf = (words: readonly Word[], synonyms: Synonyms): (readonly Word[])[][] => {
  const found: (readonly Word[])[][] = words.map(() => [])
  if (synonyms.size === 0) return found
  for (let from = 0; from < words.length; from++)
    for (let to = from + 1; to <= Math.min(words.length, from + longestPhrase); to++)
      for (const phrase of synonyms.get(phraseKey(words.slice(from, to))) ?? []) for (let at = from; at < to; at++) found[at]?.push(phrase)
  return found
}
