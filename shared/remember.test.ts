import { describe, expect, test } from 'bun:test'
import { remember } from './remember'

const memory = ({ most = 100 } = {}) => {
  const questions: (readonly string[])[] = []
  const existing = new Set(['a', 'b', 'c'])
  let now = 1_000_000
  let down = false
  const ask = async (keys: readonly string[]) => {
    questions.push(keys)
    if (down) throw new Error('down')
    return new Map(keys.filter(key => existing.has(key)).map(key => [key, `value of ${key}`]))
  }
  return {
    ...remember(ask, { ms: 1000, most, clock: () => now }),
    questions,
    existing,
    pass: (ms: number) => {
      now += ms
    },
    setDown: (is: boolean) => {
      down = is
    },
  }
}

describe('a short memory', () => {
  test('looks a key up once for many callers at the same time, and again when the answer is too old', async () => {
    const { recent, questions, pass } = memory()
    await Promise.all(Array.from({ length: 50 }, () => recent(['a', 'b', 'a'])))
    pass(999)
    expect([...(await recent(['a'])).keys()]).toEqual(['a'])
    expect(questions).toEqual([['a', 'b']])
    pass(1)
    await recent(['a', 'b'])
    expect(questions).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })
  test('always looks up for a fresh answer, and remembers it', async () => {
    const { fresh, recent, questions } = memory()
    await fresh(['a'])
    await fresh(['a'])
    await recent(['a'])
    expect(questions).toHaveLength(2)
    expect((await fresh([])).size).toBe(0)
    expect(questions).toHaveLength(2)
  })
  test('remembers neither a failure nor a key without a value', async () => {
    const { recent, existing, setDown } = memory()
    setDown(true)
    await expect(recent(['a'])).rejects.toThrow('down')
    setDown(false)
    expect((await recent(['a', 'new'])).has('a')).toBe(true)
    existing.add('new')
    expect((await recent(['new'])).has('new')).toBe(true)
  })
  test('is bounded, and still answers more keys at once than it remembers', async () => {
    const { recent, questions } = memory({ most: 2 })
    expect((await recent(['a', 'b', 'c'])).size).toBe(3)
    await recent(['b', 'c'])
    expect(questions).toHaveLength(1)
    await recent(['a'])
    expect(questions).toHaveLength(2)
  })
  test('never takes a known key for one without a value, whatever becomes of its place meanwhile', async () => {
    const asked: { keys: readonly string[]; answer: PromiseWithResolvers<Map<string, string>> }[] = []
    const ask = (keys: readonly string[]) => {
      const answer = Promise.withResolvers<Map<string, string>>()
      asked.push({ keys, answer })
      return answer.promise
    }
    const answer = (at: number) => asked[at]!.answer.resolve(new Map(asked[at]!.keys.map(key => [key, `value of ${key}`])))
    const { recent } = remember(ask, { ms: 1000, most: 2 })

    const other = recent(['a'])
    const failing = recent(['a', 'b'])
    asked[0]!.answer.reject(new Error('down'))
    await expect(other).rejects.toThrow('down')
    answer(1)
    await expect(failing).rejects.toThrow('down')

    const first = recent(['c'])
    answer(2)
    await first
    const both = recent(['c', 'd', 'e'])
    answer(3)
    expect([...(await both).keys()]).toEqual(['c', 'd', 'e'])
  })
  test('forgets everything on demand', async () => {
    const { recent, forget, questions } = memory()
    await recent(['a'])
    forget()
    await recent(['a'])
    expect(questions).toHaveLength(2)
  })
})
