/** A text is read up to here. What is longer is refused long before. */
export const readUpTo = 6_000

// Letters of other alphabets that are drawn like Latin ones, and the Vietnamese đ, which no decomposition takes apart.
const alike: Record<string, string> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'i',
  ѕ: 's',
  ο: 'o',
  α: 'a',
  ν: 'v',
  ı: 'i',
  đ: 'd',
}
const lookalike = /[аеорсухіѕοανıđ]/g

// Hangul letters that belong to no syllable, as in ㅋㅋ, back to the form in which they are typed.
const apartLetters = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'

/** The same text for every way of writing it: full width, styled, accented, with invisible characters or with Hangul letters apart. */
export const plain = (text: string): string =>
  text
    .slice(0, readUpTo)
    .toWellFormed()
    .normalize('NFKD')
    .slice(0, 4 * readUpTo)
    .replace(/[\p{M}\p{Cf}\u{FFFD}]+/gu, '')
    .normalize('NFC')
    .slice(0, readUpTo)
    .toLowerCase()
    .replace(/[\u1100-\u1112]/g, letter => apartLetters[letter.charCodeAt(0) - 0x1100]!)
    .replace(lookalike, letter => alike[letter] ?? letter)
