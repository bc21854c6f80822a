import { expect, test } from 'bun:test'
import { linesOf } from './lines'

/** The lines of a text that arrives in pieces of so many bytes. */
const linesIn = (text: string, size: number) => {
  const bytes = new TextEncoder().encode(text)
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  return Array.fromAsync(linesOf(pieces()))
}

test.each([1, 2, 3, 1000])('lines end at \\n alone, and characters stay whole, in pieces of %i bytes', async size => {
  const lines = ['김민아 👋', 'Main Street\u2028Back\u2029Yard\u0085\r', '', 'the last line, without an end']
  expect(await linesIn(lines.join('\n'), size)).toEqual(lines)
  expect(await linesIn('one\n\n', size)).toEqual(['one', ''])
  expect(await linesIn('', size)).toEqual([])
})
