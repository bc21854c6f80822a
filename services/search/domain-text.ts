import { isJamo } from './domain-hangul'

/** How words are cut from text, and which spellings are one word. */

export type Script = 'word' | 'han' | 'hangul'
export interface Token {
  /** In lower case and one Unicode form, marks kept. */
  text: string
  script: Script
  /** Where it stands in the text. */
  from: number
  to: number
}

const han = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー`
const letters = String.raw`[[\p{L}\p{N}\p{M}]--[${han}\p{Script=Hangul}]]`
/** Han and kana in one run, Hangul in another, everything else as a word, with what connects its parts. */
const runs = new RegExp(String.raw`([${han}]+)|(\p{Script=Hangul}+)|${letters}+(?:['’\-_\/.,&+]${letters}+)*`, 'gv')
/** The same for plain English, several times as fast. */
const asciiRuns = /[a-z\d]+(?:['\-_/.,&+][a-z\d]+)*/gi
const connectors = /['’\-_/.,&+]/
const decimal = /^\d+[.,]\d+$/
const notWord = /[^\p{L}\p{N}\p{M}'’\-_/.,&+]/gu
const invisible = /\p{Default_Ignorable_Code_Point}/gu

/** Full-width and half-width forms are one; single letters of Hangul stay what was typed, where NFKC would turn them into others. */
export const oneForm = (text: string): string => (printable.test(text) ? text.toLowerCase() : otherwiseWritten(text))
const printable = /^[ -~]*$/
const otherwiseWritten = (text: string): string =>
  text.toWellFormed().replace(/[^\u3130-\u318f]+/g, part => part.normalize('NFKC').toLowerCase().normalize('NFC'))

/** Without characters that are not shown, which would cut a word in two. */
export const visible = (text: string): string => (printable.test(text) ? text : text.replace(invisible, ''))

export function* tokensOf(text: string): Generator<Token> {
  for (const match of text.matchAll(printable.test(text) ? asciiRuns : runs)) {
    const [run, isHan, isHangul] = match
    const from = match.index
    const script = isHan ? 'han' : isHangul ? 'hangul' : 'word'
    yield { text: printable.test(run) ? run.toLowerCase() : oneForm(run).replace(notWord, ''), script, from, to: from + run.length }
  }
}

const otherLetters: Record<string, string> = { đ: 'd', ð: 'd', ø: 'o', ł: 'l', ı: 'i', ß: 'ss', æ: 'ae', œ: 'oe' }
const plainAscii = /^[a-z0-9]*$/

/** Without marks: `giày` is `giay`. Han, kana and Hangul have no marks of that kind, so only words are folded. */
export const fold = (word: string): string =>
  plainAscii.test(word)
    ? word
    : word
        .normalize('NFKD')
        .replace(/\p{M}/gu, '')
        .replace(/[đðøłıßæœ]/g, letter => otherLetters[letter] ?? letter)
        .normalize('NFC')

/** The parts of a word with connectors (`t-shirt`), and the whole without them. A decimal number is one part. */
export const partsOf = (word: string): { parts: string[]; joined?: string } => {
  if (decimal.test(word)) return { parts: [word.replace(',', '.')] }
  const parts = word.split(connectors).filter(part => part !== '')
  return parts.length > 1 ? { parts, joined: parts.join('') } : { parts }
}

/** The English singular, for words that look like a plural. */
export const singular = (word: string): string | undefined => {
  if (word.length < 4 || !/^[a-z]+s$/.test(word) || /(ss|us|is)$/.test(word)) return undefined
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (/(s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2)
  return word.slice(0, -1)
}

/** Pairs of characters and single ones are terms of their own, apart from words: the mark keeps them out of the words' part of the dictionary. */
export const pairMark = '\u0002'

/** The pairs of neighbouring characters of a run; a single character stands for itself. */
export const pairsOf = (run: string): string[] => {
  const characters = [...run]
  if (characters.length < 2) return characters.map(one => pairMark + one)
  return characters.slice(1).map((next, at) => pairMark + characters[at] + next)
}

const chinese = new Intl.Segmenter('zh', { granularity: 'word' })

/** The words of a run without spaces. What the dictionary does not know comes out in single characters, which are put together again. */
export const hanWords = (run: string): string[] => {
  const words: string[] = []
  let loose = ''
  for (const { segment } of chinese.segment(run)) {
    if ([...segment].length === 1) {
      loose += segment
      continue
    }
    if (loose) words.push(loose)
    loose = ''
    words.push(segment)
  }
  if (loose) words.push(loose)
  return words
}

/** A trailing letter of a syllable that is still being typed is no part of the word yet. */
export const completeSyllables = (run: string): string => {
  const characters = [...run]
  while (characters.length > 1 && isJamo(characters.at(-1) ?? '')) characters.pop()
  return characters.join('')
}
