import { afterAll, describe, expect, test } from 'bun:test'
import { settings } from '#shared/config'
import { openProviders } from './providers/providers'
import { testPayments } from './testing'

const shop = await testPayments({ takesTransfers: false })
afterAll(() => shop.drop())

describe('a shop that has named no bank account', () => {
  test('refuses a transfer, and the order can be paid in another way', async () => {
    const order = shop.placed()
    const { body } = await shop.pay(order, { payment_method: 'bank_transfer' })
    expect(body).toMatchObject({ status: 409, code: 'bank_transfer_not_configured' })
    expect(shop.orderRequests.filter(request => request === `claim ${order}`)).toEqual([])
    expect((await shop.pay(order, { payment_method: 'cash_on_delivery' })).body.status).toBe('authorized')
  })

  test('takes one of nothing, for which no money moves', async () => {
    const { body } = await shop.pay(shop.placed({ total: 0 }), { payment_method: 'bank_transfer', amount: 0 })
    expect(body.status).toBe('completed')
  })
})

describe('BANK_ACCOUNT', () => {
  const opened = async (env: Record<string, string>) => {
    const config = { ...settings(env), internalKey: 'the key of a test' }
    const { providers, takesTransfers } = await openProviders({ sql: shop.sql, config, transferDueMs: 1000, deployment: 'here' })
    const payment = { paymentId: 1, keyPrefix: '', orderId: 1, amount: 100, currency: 'USD', transactionId: null, createdAt: new Date() }
    const charge = await providers.find(({ name }) => name === 'offline')?.charge({ ...payment, method: 'bank_transfer' })
    return { takesTransfers, account: charge?.nextAction?.bank_account }
  }
  const real = { PAYMENT_PROVIDER: 'stripe', STRIPE_SECRET_KEY: 'sk', STRIPE_WEBHOOK_SECRET: 'whsec' }

  test('is where transfers go, on one line', async () => {
    const account = { takesTransfers: true, account: 'Shop Ltd, IBAN XX00' }
    for (const env of [{}, real]) expect(await opened({ ...env, BANK_ACCOUNT: ' Shop Ltd,\n IBAN XX00 ' })).toEqual(account)
  })

  test('is made up in the sandbox, and missing beside a real provider, where transfers are then refused', async () => {
    expect(await opened({})).toEqual({ takesTransfers: true, account: expect.stringContaining('send no money') })
    for (const env of [real, { ...real, BANK_ACCOUNT: ' ' }])
      expect(await opened(env)).toEqual({ takesTransfers: false, account: undefined })
  })

  test('has at most 200 characters', async () => {
    expect((await opened({ BANK_ACCOUNT: 'x'.repeat(200) })).takesTransfers).toBe(true)
    await expect(opened({ BANK_ACCOUNT: 'x'.repeat(201) })).rejects.toThrow('BANK_ACCOUNT must have at most 200 characters')
  })
})
