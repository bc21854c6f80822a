import { plain } from './domain-spam-plain'

/** How similar two texts are, from a few numbers for each, which are kept in place of the texts (MinHash). */

const size = 64
const gram = 3

// Odd numbers from a fixed seed: each makes one more hash out of the first.
const factors = Int32Array.from({ length: size }, (_, n) => (Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(n + 7, 0x85ebca6b)) | 1)

/** For each of 64 hashes, the least over the text's runs of three letters and digits. Case, accents, width, spaces and signs do not count. */
export const sketchOf = (text: string): number[] => {
  const letters = plain(text).replace(/[^\p{L}\p{N}]+/gu, '')
  if (letters === '') return []
  const least = new Int32Array(size).fill(0x7fffffff)
  for (let at = 0; at === 0 || at + gram <= letters.length; at++) {
    let hash = 0x811c9dc5 | 0
    for (let n = at; n < at + gram && n < letters.length; n++) hash = Math.imul(hash ^ letters.charCodeAt(n), 0x01000193)
    hash ^= hash >>> 15
    for (let n = 0; n < size; n++) {
      const mixed = Math.imul(hash, factors[n]!)
      const other = mixed ^ (mixed >>> 16)
      if (other < least[n]!) least[n] = other
    }
  }
  return [...least]
}

/** About the share of runs that two texts have in common, 0 to 1. A text without a letter is like no other. */
export const similarity = (a: readonly number[], b: readonly number[]): number =>
  a.length !== size || b.length !== size ? 0 : a.filter((least, n) => least === b[n]).length / size
