import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { breaks } from '../../scripts/events/changes'
import { events, fullName, lastRelease, published } from '../../scripts/events/released'
import { payloadsOf } from './payloads'

/**
 * Two releases run side by side while one takes the other's place, and messages of the old one lie in queues. A message that its consumer
 * refuses becomes a dead letter at once.
 */

/** A break that is meant, by its `where`, with the reason why it harms nobody. It goes when `bun run release:events` is run. */
const accepted: Record<string, string> = {}

const released = lastRelease()
const present = published()

describe('the events of this release and those of the last one', () => {
  const found = breaks(released, present)

  test('are understood by the consumers of both', () => {
    const unexpected = found.filter(({ where }) => !(where in accepted))
    const remedy = 'If this is meant and harms nobody, say why in `accepted` in tests/checks/event-schemas.test.ts.'
    expect(unexpected.map(({ where, message }) => `${where}: ${message}. ${remedy}`)).toEqual([])
  })

  test('break nothing that is accepted and no longer true', () => {
    expect(Object.keys(accepted).filter(where => !found.some(one => one.where === where))).toEqual([])
  })

  test.each(events.map(event => [fullName(event), event] as const))(
    '%s: what a producer of either release may send, its consumer takes',
    (type, event) => {
      for (const form of [present[type], released[type]]) {
        if (!form || type in accepted) continue
        fc.assert(
          fc.property(payloadsOf(form.schema), payload => {
            expect(event.problem(JSON.parse(JSON.stringify(payload)))).toBeUndefined()
          }),
          { numRuns: 30, seed: 7 },
        )
      }
    },
  )
})
