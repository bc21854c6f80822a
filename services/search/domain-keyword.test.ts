import { describe, expect, test } from 'bun:test'
import { longestKeyword, longestWord, mostWords, readKeyword, replacementsOf, synonymsOf } from './domain-keyword'

const texts = (keyword: string) => readKeyword(keyword).words.map(({ text }) => text)

describe('the words of a keyword', () => {
  test('are in lower case, with their marks and without them, and the last may go on', () => {
    expect(readKeyword('Giày Nam')).toEqual({
      words: [
        { text: 'giày', folded: 'giay', script: 'word', isLast: false },
        { text: 'nam', folded: 'nam', script: 'word', isLast: true },
      ],
      shortened: false,
    })
  })
  test.each([
    ['of parts', 'usb-c hub', ['usb', 'c', 'hub']],
    ['of Chinese', '蓝牙耳机', ['蓝牙', '耳机']],
    ['of Korean, without a letter that is still being typed', '블루ㅌ', ['블루']],
    ['that say nothing are left out', 'the lamp for a desk', ['lamp', 'desk']],
    ['that say nothing stay where there is no other', 'for the', ['for', 'the']],
    ['of all languages may say nothing', 'đèn của 灯 的', ['đèn', '灯']],
    ['that are the same in other marks count once', 'giày giay GIÀY', ['giày']],
    ['of nothing are none', ' \u0301 - ', []],
  ])('%s', (_, keyword, words) => {
    expect(texts(keyword)).toEqual(words)
  })
  test('that come again at the end are the last', () => {
    expect(readKeyword('desk lamp desk').words.map(({ isLast }) => isLast)).toEqual([true, false])
  })
  test('none is the last where what says nothing was left out there', () => {
    expect(readKeyword('desk for').words.map(({ isLast }) => isLast)).toEqual([false])
  })
})

describe('a keyword is cut', () => {
  const words = (count: number) => Array.from({ length: count }, (_, n) => `w${n}`).join(' ')
  test('after twelve words', () => {
    expect(readKeyword(words(mostWords)).shortened).toBe(false)
    expect(readKeyword(`${words(mostWords)} w0`).shortened).toBe(false)
    const cut = readKeyword(words(mostWords + 1))
    expect([cut.words.length, cut.shortened]).toEqual([mostWords, true])
  })
  test('after 256 characters, blanks around it aside', () => {
    const longest = 'a'.repeat(longestKeyword)
    expect(readKeyword(` ${longest} `).shortened).toBe(false)
    expect(readKeyword(`${longest}a`).shortened).toBe(true)
    expect(texts(`${'é'.repeat(longestKeyword - 2)} bcd`)).toEqual(['é'.repeat(longestWord), 'b'])
    // What is not shown does not count, as far as it is looked at.
    expect(readKeyword(`desk${'\u200b'.repeat(4 * longestKeyword - 4)}`).shortened).toBe(false)
    expect(readKeyword(`desk${'\u200b'.repeat(4 * longestKeyword - 4)}lamp`)).toMatchObject({ words: [{ text: 'desk' }], shortened: true })
  })
  test('never within a character', () => {
    expect(texts('a'.repeat(longestWord - 1) + '\u{1d7d8}'.repeat(2))[0]?.isWellFormed()).toBe(true)
  })
})

describe('synonyms', () => {
  const synonyms = synonymsOf([
    ['sofa', 'couch'],
    ['laptop', 'máy tính xách tay', '!!!'],
    ['sofa', 'divan'],
  ])
  const replaced = (keyword: string) =>
    replacementsOf(readKeyword(keyword).words, synonyms).map(phrases => phrases.map(phrase => phrase.map(({ text }) => text).join(' ')))

  test('are those of every group, without the word itself and what has no words', () => {
    expect(replaced('sofa')).toEqual([['couch', 'divan']])
    expect(replaced('laptop sofa')).toEqual([['máy tính xách tay'], ['couch', 'divan']])
    expect(replaced('!!!')).toEqual([])
  })
  test('replace each word of a phrase, with and without its marks', () => {
    expect(replaced('may tinh xach tay')).toEqual([['laptop'], ['laptop'], ['laptop'], ['laptop']])
    expect(replaced('red máy tính xách tay bag')).toEqual([[], ['laptop'], ['laptop'], ['laptop'], ['laptop'], []])
    expect(replaced('tính máy xách tay')).toEqual([[], [], [], []])
  })
  test('are whole words: none of theirs may go on', () => {
    const [[phrase] = []] = replacementsOf(readKeyword('laptop').words, synonyms)
    expect(phrase?.map(({ isLast }) => isLast)).toEqual([false, false, false, false])
  })
  test('are not looked for in phrases of more than four words', () => {
    const long = synonymsOf([['one two three four five', 'six']])
    expect(replacementsOf(readKeyword('one two three four five').words, long)).toEqual([[], [], [], [], []])
    expect(replacementsOf(readKeyword('six').words, long).flat()).toHaveLength(1)
  })
  test('none for a word without', () => expect(replacementsOf(readKeyword('lamp desk').words, new Map())).toEqual([[], []]))
})
