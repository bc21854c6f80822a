/** How many slips of the finger are between two words: a letter too many, missing, wrong, or two swapped count one each. */

const longest = 64
const width = longest + 1
const rows = [new Uint8Array(width), new Uint8Array(width), new Uint8Array(width)]

/** One slip from five letters on, two from nine. */
export const typosAllowed = (length: number): number => (length >= 9 ? 2 : length >= 5 ? 1 : 0)

interface Distance {
  whole: number
  /** To the nearest beginning of the other word. */
  prefix: number
}
const far: Distance = { whole: 255, prefix: 255 }

/** Distances above `most` come out as 255, as soon as that is known. */
export const distanceTo = (word: string, other: string, most: number, asPrefix: boolean): Distance => {
  const [n, m] = [word.length, Math.min(other.length, asPrefix ? word.length + most : other.length)]
  if (n > longest || m > longest || m < n - most || (!asPrefix && m > n + most)) return far
  let [before, above, row] = rows as [Uint8Array, Uint8Array, Uint8Array]
  for (let j = 0; j <= m; j++) above[j] = j
  for (let i = 1; i <= n; i++) {
    const letter = word.charCodeAt(i - 1)
    let least = i
    row[0] = i
    for (let j = 1; j <= m; j++) {
      const same = letter === other.charCodeAt(j - 1)
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1))
      // What stands before a word is no number, and so equal to nothing.
      if (letter === other.charCodeAt(j - 2) && word.charCodeAt(i - 2) === other.charCodeAt(j - 1))
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row[j] = cost
      if (cost < least) least = cost
    }
    if (least > most) return far
    ;[before, above, row] = [above, row, before]
  }
  let prefix = 255
  for (let j = 0; j <= m; j++) prefix = Math.min(prefix, above[j] ?? 255)
  const whole = other.length === m ? (above[m] ?? 255) : 255
  return { whole: whole > most ? 255 : whole, prefix }
}
