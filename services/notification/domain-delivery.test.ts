import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { hour, minute, second } from '#shared/time'
import { afterReport, type DeliveryState, masked, mostAttempts, waitAfter } from './domain-delivery'

test('the waits grow, and end', () => {
  const waits = Array.from({ length: mostAttempts }, (_, n) => waitAfter(n + 1))
  expect(waits.at(-1)).toBeUndefined()
  expect([waits[0], waits[2], waits[5], waits.at(-2)]).toEqual([5 * second, 2 * minute, hour, 12 * hour])
  // A provider may be away for more than a day before a delivery has failed.
  expect(waits.reduce<number>((sum, wait = 0) => sum + wait, 0)).toBeGreaterThan(24 * hour)
  for (let n = 1; n < waits.length - 1; n++) expect(waits[n] ?? 0).toBeGreaterThan(waits[n - 1] ?? 0)
})

test('reports in any order, and any number of times, end in the worst of them', () => {
  const report = fc.constantFrom('delivered' as const, 'bounced' as const, 'complained' as const)
  fc.assert(
    fc.property(fc.array(report, { minLength: 1 }), reports => {
      const end = reports.reduce<DeliveryState>(afterReport, 'sent')
      const worst = (['complained', 'bounced', 'delivered'] as const).find(one => reports.includes(one))
      expect(end).toBe(worst ?? 'sent')
    }),
  )
})

test('a report is news for what was sent or given up, and takes nothing back', () => {
  for (const before of ['queued', 'sent', 'suppressed', 'failed'] as const) expect(afterReport(before, 'delivered')).toBe('delivered')
  expect([afterReport('bounced', 'delivered'), afterReport('complained', 'bounced'), afterReport('delivered', 'delivered')]).toEqual([
    'bounced',
    'complained',
    'delivered',
  ])
})

test('a masked text has no secret in it, wherever it stood', () => {
  expect(masked('one and two', ['one', 'two'])).toBe('[hidden] and [hidden]')
  expect(masked('nothing to hide', [])).toBe('nothing to hide')
  expect(masked('go to /x?token=abc.def or abc.def', ['abc.def', ''])).toBe('go to /x?token=[hidden] or [hidden]')
})
