import { expect, test } from 'bun:test'
import { areInitials, initialsOf, isJamo, lettersOf } from './domain-hangul'

test('single letters are no syllables', () => {
  expect(['ㅌ', 'ㅏㅌ', '블ㅌ', 'ㅌ블', '블', ''].map(isJamo)).toEqual([true, true, false, false, false, false])
})
test('initials are consonants only', () => {
  expect(['ㅂㄹㅌㅅ', 'ㅂ', 'ㅂ루', '루ㅂ', 'ㅂㅏ', ''].map(areInitials)).toEqual([true, true, false, false, false, false])
})
test('a word is its letters, and its initials', () => {
  expect(lettersOf('블루투스')).toBe('ㅂㅡㄹㄹㅜㅌㅜㅅㅡ')
  expect(lettersOf('블루투스').startsWith(lettersOf('블루ㅌ'))).toBe(true)
  expect(initialsOf('블루투스')).toBe('ㅂㄹㅌㅅ')
})
