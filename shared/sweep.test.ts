import { expect, test } from 'bun:test'
import { eachIsolated } from './sweep'

test('a row that fails is reported and stops no other', async () => {
  const done: number[] = []
  const failed: number[] = []
  const work = async (row: number) => {
    if (row % 2 === 0) throw new Error(`row ${row}`)
    done.push(row)
  }
  await eachIsolated([1, 2, 3, 4, 5], work, (_, row) => failed.push(row))
  expect({ done, failed }).toEqual({ done: [1, 3, 5], failed: [2, 4] })
})

test('as many rows run at once as there are lanes', async () => {
  let running = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++running)
    await Bun.sleep(1)
    running--
  }
  await eachIsolated(Array.from({ length: 20 }), work, () => {}, 4)
  expect(most).toBe(4)
  await eachIsolated([], work, () => {}, 4)
})
