import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { blank, changeNote } from './domain'

describe('changing a note', () => {
  test('begins with version 1, even if the note is empty', () => {
    expect(changeNote(blank, 'for Ann')).toEqual({ note: 'for Ann', version: 1 })
    expect(changeNote(blank, '')).toEqual({ note: '', version: 1 })
  })

  test('to the same text changes nothing', () => {
    expect(changeNote({ note: 'for Ann', version: 3 }, 'for Ann')).toBeUndefined()
  })

  test('counts a version for each change, whatever is repeated', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), notes => {
        const last = notes.reduce((present, note) => changeNote(present, note) ?? present, blank)
        const changes = notes.filter((note, at) => at === 0 || note !== notes[at - 1])
        expect(last).toEqual({ note: notes.at(-1) ?? '', version: changes.length })
      }),
    )
  })
})
