import { fold, pairMark, partsOf, tokensOf } from './domain-text'

/**
 * A text in pieces, those that were searched for marked. Pieces instead of markup: the text of a product is then never read as HTML, and
 * no client has to count characters the way this service does.
 */
export interface Piece {
  text: string
  match: boolean
}

const characterEnds = (text: string, from: number, to: number): number[] => {
  const ends = [from]
  for (const character of text.slice(from, to)) ends.push((ends.at(-1) ?? from) + character.length)
  return ends
}

/** Where the matched terms stand. */
const rangesOf = (text: string, matched: ReadonlySet<string>): [from: number, to: number][] => {
  const ranges: [number, number][] = []
  for (const { text: word, script, from, to } of tokensOf(text)) {
    if (script === 'word') {
      const { parts, joined } = partsOf(word)
      const isMatched = (part: string) => matched.has(part) || matched.has(fold(part))
      if (parts.some(isMatched) || (joined && isMatched(joined))) ranges.push([from, to])
      continue
    }
    const ends = characterEnds(text, from, to)
    const characters = [...text.slice(from, to)].map(one => one.normalize('NFKC'))
    for (let at = 0; at < characters.length; at++) {
      const pair = pairMark + characters[at] + (characters[at + 1] ?? '')
      const [start = from, end = to] = [ends[at], ends[at + 1]]
      if (characters[at + 1] !== undefined && matched.has(pair)) ranges.push([start, ends[at + 2] ?? to])
      else if (matched.has(pairMark + characters[at])) ranges.push([start, end])
    }
    if (matched.has(word)) ranges.push([from, to])
  }
  return ranges.sort(([a], [b]) => a - b)
}

/** The pieces of the whole text; undefined if nothing in it matches. */
export const highlight = (text: string, matched: ReadonlySet<string>): Piece[] | undefined => {
  const ranges = rangesOf(text, matched)
  if (ranges.length === 0) return undefined
  const pieces: Piece[] = []
  let end = 0
  const push = (from: number, to: number, match: boolean) => {
    if (from >= to) return
    const last = pieces.at(-1)
    if (last?.match === match) last.text += text.slice(from, to)
    else pieces.push({ text: text.slice(from, to), match })
  }
  for (const [from, to] of ranges) {
    push(end, from, false)
    push(Math.max(from, end), to, true)
    end = Math.max(end, to)
  }
  push(end, text.length, false)
  return pieces
}

const around = 60
const longest = 160

/** A stretch of a long text around its first match, cut between words where it can be. */
export const excerpt = (text: string, matched: ReadonlySet<string>): Piece[] | undefined => {
  const [first] = rangesOf(text, matched)
  if (!first) return undefined
  const from = first[0] <= around ? 0 : cutAfterSpace(text, first[0] - around, first[0])
  const to = Math.min(text.length, from + longest)
  const end = to === text.length ? to : cutBeforeSpace(text, Math.max(to - 20, first[1]), to)
  const pieces = highlight(text.slice(from, end), matched)
  if (!pieces) return undefined
  if (from > 0) pieces.unshift({ text: '…', match: false })
  if (end < text.length) pieces.push({ text: '…', match: false })
  return pieces
}
const cutAfterSpace = (text: string, from: number, limit: number) => {
  const space = text.indexOf(' ', from)
  return wellCut(text, space >= 0 && space < limit ? space + 1 : from)
}
const cutBeforeSpace = (text: string, from: number, limit: number) => {
  const space = text.lastIndexOf(' ', limit)
  return wellCut(text, space > from ? space : limit)
}
/** Never inside a surrogate pair. */
const wellCut = (text: string, at: number) => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at)
