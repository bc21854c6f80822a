import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { afterReport, type DeliveryState, masked, mostAttempts, waitAfter } from './domain-delivery'

test('the waits grow, and end', () => {
  const waits = Array.from({ length: mostAttempts }, (_, n) => waitAfter(n + 1))
  expect(waits.at(-1)).toBeUndefined()
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

test('a masked text has no secret in it, wherever it stood', () => {
  expect(masked('go to /x?token=abc.def or abc.def', ['abc.def', ''])).toBe('go to /x?token=[hidden] or [hidden]')
})
