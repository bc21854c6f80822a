import { apart, mail, marksBetween, marksIn, phone, writingOf } from './domain-spam-marks'
import { plain } from './domain-spam-plain'

/** What a text looks like to the spam scorer: hashed words, pairs of words, runs of characters, and marks such as a link or a phone number. */

export const buckets = 2 ** 15
const passage = 560
const step = 440

/** Where the passages of a text begin. They overlap, so that an advertisement is not thinned out by an honest story around it. */
const beginnings = (length: number): number[] =>
  length <= passage + step / 2 ? [0] : Array.from({ length: Math.ceil((length - passage) / step) + 1 }, (_, n) => n * step)

/** Digits and signs in a word are read as the letters they stand for: ca$in0. */
const standsFor: Record<string, string> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', $: 's', '@': 'a' }
const disguised = /(?<![a-z0-9$@])(?=[a-z0-9$@]*[a-z])[a-z0-9$@]*[0-9$@][a-z0-9$@]*/g

const stir = (hash: number, code: number) => Math.imul(hash ^ code, 0x01000193)
const bucketOf = (hash: number): number => {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (mixed ^ (mixed >>> 13)) & (buckets - 1)
}
const hashed = (text: string, seed: number): number => {
  let hash = seed
  for (let at = 0; at < text.length; at++) hash = stir(hash, text.charCodeAt(at))
  return hash
}
/** A letter of Han, Hangul or Kana, which says as much as several Latin ones. */
const isSyllable = (code: number) => code >= 0x1100 && code < 0xd7a4

export const markWorth = 3
/** A text with fewer features than this says little, so its odds stay near those of all texts. */
const fewest = 40
export interface Features {
  /** Each once. The first `marks` of them are marks, which count more. */
  list: number[]
  marks: number
}

/** What a feature counts. Long texts and short ones are weighed alike. */
export const worthOf = ({ list, marks }: Features) => 1 / Math.sqrt(list.length + marks * (markWorth ** 2 - 1) + fewest)

// Which passage put a bucket into its list last: a set that costs nothing to empty.
const turns = new Uint32Array(buckets)
let turn = 0

const featuresOf = (text: string, { single, pairs }: ReturnType<typeof marksBetween>): Features => {
  turn = (turn + 1) >>> 0
  const list: number[] = []
  const add = (bucket: number) => {
    if (turns[bucket] === turn) return
    turns[bucket] = turn
    list.push(bucket)
  }
  for (const mark of single) add(bucketOf(hashed(mark, 11)))
  const marks = list.length
  for (const mark of pairs) add(bucketOf(hashed(mark, 13)))
  const words = (text.match(/[\p{L}\p{N}]+/gu) ?? []).map(word => (/\d/.test(word) ? word.replace(/\d+/g, '0') : word))
  let before = 0
  for (const word of words) {
    const hash = hashed(word.length < 24 ? word : word.slice(0, 24), 23)
    add(bucketOf(hash))
    add(bucketOf(stir(before, hash)))
    before = hash
  }
  for (const word of text.match(disguised) ?? []) {
    const letters = word.slice(0, 24).replace(/[0-9$@]/g, sign => standsFor[sign] ?? sign)
    add(bucketOf(hashed(letters, 23)))
  }
  const line = ` ${words.join(' ')} `
  for (let at = 0; at < line.length; at++) {
    const syllable = isSyllable(line.charCodeAt(at))
    const longest = Math.min(syllable ? 3 : 4, line.length - at)
    let hash = 41
    for (let n = 0; n < longest; n++) {
      hash = stir(hash, line.charCodeAt(at + n))
      if (syllable || n === 3) add(bucketOf(hash ^ n))
    }
  }
  return { list, marks }
}

const blank = (found: string) => ' '.repeat(found.length)
/** Letters that stand apart put together, and addresses and numbers left to their marks, with everything else in its place. */
const readable = (text: string) =>
  text
    .replace(apart, run => run.replace(/[^\p{L}\p{N}]+/gu, '').padEnd(run.length))
    .replace(mail, blank)
    .replace(phone, blank)

/** The features of each passage of a text. There is at least one. */
export const featuresIn = (raw: string): Features[] => {
  const written = writingOf(raw)
  const text = plain(raw)
  const marks = marksIn(text)
  const read = readable(text)
  const starts = beginnings(text.length)
  return starts.map(from => {
    const to = starts.length === 1 ? text.length : from + passage
    return featuresOf(read.slice(from, to), marksBetween(marks, from, to, written))
  })
}
