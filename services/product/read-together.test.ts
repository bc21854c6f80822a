import { describe, expect, test } from 'bun:test'
import { readTogether } from './read-together'

const shelf = () => {
  const trips: string[][] = []
  const read = readTogether(async ids => {
    trips.push([...ids])
    if (ids.includes('broken')) throw new Error('the store is away')
    return new Map(ids.filter(id => id !== 'absent').map(id => [id, `${id} of trip ${trips.length}`]))
  })
  return { trips, read }
}

describe('reading together', () => {
  test('what is asked for in the same moment is read in one trip, each thing once', async () => {
    const { trips, read } = shelf()
    const rows = await Promise.all(['lamp', 'chair', 'lamp', 'absent'].map(read))
    expect(trips).toEqual([['lamp', 'chair', 'absent']])
    expect(rows).toEqual(['lamp of trip 1', 'chair of trip 1', 'lamp of trip 1', undefined])
  })

  test('who asks while a trip is under way gets the next one, and so nothing older than the question', async () => {
    const { trips, read } = shelf()
    const first = read('lamp')
    while (trips.length === 0) await new Promise(setImmediate)
    expect(await Promise.all([first, read('lamp')])).toEqual(['lamp of trip 1', 'lamp of trip 2'])
  })

  test('a trip that fails is told to all of it, and the next one is tried anew', async () => {
    const { read } = shelf()
    const told = await Promise.allSettled([read('broken'), read('lamp')])
    expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await read('lamp')).toBe('lamp of trip 2')
  })
})
