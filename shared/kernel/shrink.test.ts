import { expect, test } from 'bun:test'
import { shrinkOnceQuiet } from './shrink'

test('a process shrinks when it is first quiet, and never again', () => {
  const listeners = new Set<(quiet: boolean) => void>()
  let shrunk = 0
  shrinkOnceQuiet(
    {
      onChange(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    () => shrunk++,
  )
  const become = (quiet: boolean) => {
    for (const listener of listeners) listener(quiet)
    return shrunk
  }
  expect([become(false), become(true), become(false), become(true)]).toEqual([0, 1, 1, 1])
})
