import { expect, test } from 'bun:test'
import { ShopError } from '../../sdk/src/error'
import { onEach, told } from '../../web/admin/parts/each'

/** Acts on each row, whose answers have these states; 200 is a good one. */
const outcomeOf = async (states: readonly number[]) => {
  const tried: string[] = []
  const outcome = await onEach([...states.keys()].map(String), async id => {
    tried.push(id)
    const status = states[Number(id)] ?? 0
    if (status !== 200) throw new ShopError('No.', { status, code: 'test' })
  })
  return { ...outcome, tried }
}

test('a row that is refused, gone or faulty does not keep the others from being done', async () => {
  const outcome = await outcomeOf([409, 404, 500, 200, 200])
  expect(outcome).toMatchObject({ done: ['3', '4'], gone: ['1'], refused: ['0'], left: ['2'], failure: { status: 500 } })
  expect(told(outcome, 'cancelled')).toBe(
    '2 cancelled. 1 no longer there. 1 cannot be cancelled; it stays selected. 1 not cancelled yet; it stays selected.',
  )
})

test.each([0, 401, 429, 503])('after an answer of %d the rest is not tried, and nothing counts as refused', async status => {
  const outcome = await outcomeOf([200, status, 200])
  expect(outcome).toMatchObject({ tried: ['0', '1'], done: ['0'], refused: [], left: ['1', '2'], failure: { status } })
  expect(told(outcome, 'sent again')).toBe('1 sent again. 2 not sent again yet; they stay selected.')
})
