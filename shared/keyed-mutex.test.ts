import { expect, test } from 'bun:test'
import { keyedMutex } from './keyed-mutex'

/** Work that lasts until it is ended, and what has happened so far. */
const stage = () => {
  const log: string[] = []
  const work = (name: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const run = async () => {
      log.push(`${name} begins`)
      return promise.finally(() => log.push(`${name} ends`))
    }
    return { run, end: () => resolve(name), fail: () => reject(new Error(name)) }
  }
  return { log, work }
}
const turn = () => new Promise(setImmediate)

test('work on one key runs one after the other, and work on another key does not wait', async () => {
  const inTurn = keyedMutex()
  const { log, work } = stage()
  const [first, second, other] = [work('first'), work('second'), work('other')]
  const results = [inTurn('a', first.run), inTurn('a', second.run), inTurn('b', other.run)]
  await turn()
  expect(log).toEqual(['first begins', 'other begins'])
  for (const { end } of [second, other, first]) end()
  expect(await Promise.all(results)).toEqual(['first', 'second', 'other'])
  expect(log.filter(line => !line.startsWith('other'))).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
})

test('work that fails stops nothing that waits for it', async () => {
  const inTurn = keyedMutex()
  const { log, work } = stage()
  const [first, second] = [work('first'), work('second')]
  const results = Promise.allSettled([inTurn('a', first.run), inTurn('a', second.run)])
  await turn()
  first.fail()
  second.end()
  expect((await results).map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
})
