import { afterAll, expect, test } from 'bun:test'
import { minute } from '#shared/time'
import { readDeployment } from './deployment'
import { captureKey, chargeKey, paymentOfReference, referenceOf } from './providers/provider'
import { testPayments } from './testing'

const [one, other] = await Promise.all([testPayments(), testPayments()])
afterAll(() => Promise.all([one.drop(), other.drop()]))

test('a deployment has one name, and no other has the same', async () => {
  const [first, again, elsewhere] = [await readDeployment(one.sql), await readDeployment(one.sql), await readDeployment(other.sql)]
  expect(again.name).toBe(first.name)
  expect(elsewhere.name).not.toBe(first.name)
  expect(first.keyPrefix()).toBe(`${first.name}-`)
})

test('its name begins no key while instances of the release before may follow up its payments', async () => {
  const since = new Date(Date.now() + 15 * minute)
  await other.sql.db.updateTable('deployment').set({ since }).execute()
  const { name, keyPrefix } = await readDeployment(other.sql)
  expect([keyPrefix(), keyPrefix(since)]).toEqual(['', `${name}-`])
})

test('the keys and the id of a payment at its provider begin with the name', () => {
  const [named, plain] = [
    { keyPrefix: 'here-', paymentId: 5 },
    { keyPrefix: '', paymentId: 5 },
  ]
  expect([chargeKey(named), captureKey(named), chargeKey(plain)]).toEqual(['charge-here-5', 'capture-here-5', 'charge-5'])
  expect([named, plain].map(referenceOf).map(reference => paymentOfReference(reference, 'here'))).toEqual([5, 5])
  expect([paymentOfReference('there-5', 'here'), paymentOfReference('x', 'here'), paymentOfReference(undefined, 'here')]).toEqual([
    null,
    undefined,
    undefined,
  ])
})
