import { expect, test } from 'bun:test'
import { createShutdown } from './shutdown'

const log = { warn() {} }

test('a step begins when the one before has ended, and what fails is logged and holds nothing up', async () => {
  const warnings: unknown[] = []
  const shutdown = createShutdown({ warn: (fields: unknown) => void warnings.push(fields) })
  const seen: string[] = []
  const slowly = (name: string) => async () => {
    await Bun.sleep(5)
    seen.push(name)
  }
  shutdown.at('connections', () => seen.push('redis'))
  shutdown.at('bus', slowly('bus'))
  shutdown.at('stores', () => {
    throw new Error('the database is down')
  })
  shutdown.at('stores', slowly('store'))
  shutdown.at('stopping', slowly('consumer'), () => Promise.reject(new Error('the broker is down')))
  await shutdown.close()
  expect(seen).toEqual(['consumer', 'store', 'bus', 'redis'])
  expect(warnings).toEqual([
    { err: new Error('the broker is down'), step: 'stopping' },
    { err: new Error('the database is down'), step: 'stores' },
  ])
})

test('draining ends every open answer, also after one that cannot be ended', () => {
  const shutdown = createShutdown(log)
  const ended: number[] = []
  shutdown.onDrain(() => ended.push(1))
  shutdown.onDrain(() => {
    throw new Error('it is gone')
  })
  shutdown.onDrain(() => ended.push(2))
  expect(shutdown.draining()).toBe(false)
  shutdown.beginDraining()
  expect(shutdown.draining()).toBe(true)
  expect(ended).toEqual([1, 2])
})
