import { afterAll, expect } from 'bun:test'
import type { Static } from '#shared/schema'
import { eventually } from '#shared/testing'
import { driftRelations } from '../services/discovery/drift'
import type { DriftView } from '../services/discovery/model'
import type { ProductStockView } from '../services/inventory/model'
import type { ProductView } from '../services/product/model'
import type { CampaignView } from '../services/promotion/model'
import { type Caller, callerOf } from './caller'
import { type Shopper, shopperOf, until } from './shopper'

interface Credentials {
  email: string
  password: string
}
export interface Login {
  access_token: string
  user_id: number
}

/** Letters and digits for what must be unique in the shop. */
export const unique = () => crypto.randomUUID().slice(0, 8)

export const times = <T>(count: number, make: (at: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, at) => make(at)))

/** A shop behind its gateway, as its customers and its administrator use it. */
export const shopAt = (gateway: string, administrator: Credentials) => {
  const as = (token: string) => callerOf(gateway, token)
  const guest = callerOf(gateway)
  const login = (credentials: object) => guest.call<Login>('POST', '/auth/login', { body: credentials })

  let loggedIn: Promise<Caller> | undefined
  const admin = () => {
    loggedIn ??= login(administrator).then(({ access_token }) => as(access_token))
    return loggedIn
  }

  /** Somebody new, registered and logged in. */
  const shopper = async (): Promise<Shopper> => {
    const [username, password] = [`shopper-${unique()}`, 'password-of-tests']
    await guest.call('POST', '/auth/register', { body: { email: `${username}@example.com`, username, password, full_name: 'Ann Example' } })
    const { user_id, access_token } = await login({ username, password })
    return shopperOf(user_id, as(access_token))
  }

  /** A product for one test alone, with its stock in place. */
  const addProduct = async ({ price = 1500, stock = 10, category = 'Electronics', currency = 'USD' } = {}) => {
    const body = { name: 'Laptop', description: 'Light and quick', price, currency, category, stock, sku: `SKU-${unique()}` }
    const product = await (await admin()).call<ProductView>('POST', '/api/products', { body })
    await eventually(async () => (await guest.ask('GET', `/api/inventory/${product.id}`)).status === 200)
    return product
  }

  /** A campaign of ten per cent, with a code of its own. */
  const addCoupon = async (limits: object) => {
    const body = { name: 'Ten percent', code: `TEN-${unique()}`.toUpperCase(), kind: 'percentage', value: 10, ...limits }
    const { id } = await (await admin()).call<CampaignView>('POST', '/api/promotions', { body })
    const used = async () => (await (await admin()).call<CampaignView>('GET', `/api/promotions/${id}`)).used
    return { id, code: body.code, used }
  }

  const stockOf = async (productId: string) => {
    const { quantity, reserved, available } = await guest.call<Static<typeof ProductStockView>>('GET', `/api/inventory/${productId}`)
    return { quantity, reserved, available }
  }
  const untilStock = (productId: string, expected: { quantity: number; reserved: number }) =>
    until(async () => {
      expect(await stockOf(productId)).toMatchObject(expected)
      return true
    })

  /** The carrier's news of a parcel, as an administrator enters it. */
  const reportParcel = async (shipmentId: number, status: string) =>
    (await admin()).ask('POST', `/api/shipping/shipments/${shipmentId}/events`, { body: { status } })
  /** Somebody has packed what its buyer collects. */
  const makeReady = async (shipmentId: number) => (await admin()).call('POST', `/api/shipping/shipments/${shipmentId}/ready`)
  const deliver = async (shipmentId: number) => {
    for (const status of ['picked_up', 'in_transit', 'delivered']) expect((await reportParcel(shipmentId, status)).status).toBeLessThan(300)
  }

  /** What discovery reports of everything that changed since: the relations that it checked, and those that do not hold. */
  const driftSince = async (since: Date) => {
    const window = `?from=${since.toISOString()}&to=${new Date().toISOString()}`
    const { drift, examples } = await (await admin()).call<Static<typeof DriftView>>('GET', `/api/discovery/drift${window}`)
    return {
      relations: Object.keys(drift).sort(),
      drift: Object.fromEntries(Object.entries(drift).filter(([, count]) => count !== 0)),
      examples,
    }
  }
  const expectNoDrift = (since: Date) =>
    eventually(
      async () => {
        // A relation that could not be checked is absent, and that is not the same as zero.
        expect(await driftSince(since)).toEqual({ relations: driftRelations.toSorted(), drift: {}, examples: {} })
        return true
      },
      { timeoutMs: 30_000, everyMs: 250 },
    )

  return {
    ...{ as, guest, login, admin, shopper, addProduct, addCoupon, stockOf, untilStock },
    ...{ reportParcel, makeReady, deliver, driftSince, expectNoDrift },
  }
}

/** The shop that the test command runs. */
export const shop = shopAt(String(Bun.env.GATEWAY_URL), { email: String(Bun.env.ADMIN_EMAIL), password: String(Bun.env.ADMIN_PASSWORD) })

/** For a test file that changes money or goods: once its tests are over, the services agree on both. */
export const expectNoDriftAfterwards = () => {
  const began = new Date()
  afterAll(() => shop.expectNoDrift(began))
}
