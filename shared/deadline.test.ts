import { describe, expect, test } from 'bun:test'
import { sleep, untilAvailable, within } from './deadline'

const never = new Promise<string>(() => {})

describe('within', () => {
  test('gives the result, or the error, that comes in time', async () => {
    expect(await within(1000, Promise.resolve('answer'))).toBe('answer')
    expect(within(1000, Promise.reject(new Error('refused')))).rejects.toThrow('refused')
  })
  test('gives undefined, or what onLate returns or throws, after the deadline', async () => {
    expect(await within(1, never)).toBeUndefined()
    expect(await within(1, never, () => 'late')).toBe('late')
    const fail = () => {
      throw new Error('too late')
    }
    expect(within(1, never, fail)).rejects.toThrow('too late')
  })
})

describe('sleep', () => {
  test('ends after its time, or as soon as its signal is aborted', async () => {
    const stopping = new AbortController()
    await sleep(1, stopping.signal)
    const long = sleep(60_000, stopping.signal)
    stopping.abort()
    await long
    await sleep(60_000, stopping.signal)
  })
})

describe('untilAvailable', () => {
  const warnings: string[] = []
  const log = { warn: (_: object, message: string) => void warnings.push(message) }
  const failing = (times: number, error = new Error('down')) => {
    let calls = 0
    return async () => {
      if (calls++ < times) throw error
      return calls
    }
  }
  const wait = { what: 'the store', ms: 10_000, log: log as Parameters<typeof untilAvailable>[1]['log'] }

  test('repeats the attempt until it succeeds, and logs once that it waits', async () => {
    warnings.length = 0
    expect(await untilAvailable(failing(3), wait)).toBe(4)
    expect(warnings).toEqual(['the store does not answer yet: waiting for it'])
  })
  test('gives up after its time, and at once on an error that is not retryable', async () => {
    expect(untilAvailable(failing(5), { ...wait, ms: -1 })).rejects.toThrow('down')
    expect(untilAvailable(failing(1, new Error('bad password')), { ...wait, retryable: () => false })).rejects.toThrow('bad password')
  })
})
