import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { createOffers } from './offers'
import { testClients } from './testing'

/** Each service answers what `answers` has for it, and what it was asked is kept in `questions`. */
const answers: Record<string, object> = {}
const questions: Record<string, unknown> = {}
const played = (name: string) => ({
  async fetch(request: Request) {
    questions[name] = await request.json()
    const { status = 200, ...body } = answers[name] as { status?: number }
    const type = status === 200 ? 'application/json' : 'application/problem+json'
    return Response.json(status === 200 ? body : { status, ...body }, { status, headers: { 'content-type': type } })
  },
})
const services = ['product', 'promotion', 'shipping', 'tax'] as const
const clients = testClients(Object.fromEntries(services.map(name => [name, played(name)])))
const offers = createOffers(clients.client, { rememberMs: 0 })
afterAll(clients.stop)
afterEach(() => clients.down.clear())

const address = { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE', region: 'BE' }
const line = { product_id: 'p', sku: 'A', category: 'Books', quantity: 2, price: 1999, net: 3498 }
const lines = [line, { ...line, sku: 'B', price: 5, quantity: 1, net: 5 }]
const rate = { category: 'Books', rate_ppm: 70_000, country: 'DE', region: 'BE' }
const quote = { lines: [rate], shipping_rate_ppm: 99_000 }

describe('products', () => {
  test.each([
    ['USD', 19.99, 1999],
    ['JPY', 1999, 1999],
    ['BHD', 1.999, 1999],
  ])('in %s have their prices in minor units, those of variants too', async (currency, major, minor) => {
    const product = { id: 'p', name: 'P', category: 'Books', currency, sku: 'A', stock: 3, status: 'active' }
    const variant = { sku: 'V', stock: 1 }
    answers.product = { items: [{ ...product, price: major, variants: [{ ...variant, price: major, attributes: {} }] }], missing: ['q'] }
    const products = await offers.products.fresh(['p', 'q'])
    expect<unknown>([...products.values()]).toEqual([{ ...product, price: minor, variants: [{ ...variant, price: minor }] }])
    expect(questions.product).toEqual({ ids: ['p', 'q'] })
  })
})

describe('discounts', () => {
  test('are asked for in major units and answered in minor ones', async () => {
    const campaigns = [{ campaign_id: 1, code: 'TEN', amount: 5.05 }]
    const coupon = { code: 'TEN', valid: true }
    answers.promotion = { discount: 5.05, free_shipping: true, lines: [{ discount: 5 }, { discount: 0.05 }], campaigns, coupon }
    const given = await offers.discounts({ currency: 'USD', lines }, { userId: 7, coupon: 'ten' })
    expect(given).toEqual({ discount: 505, shares: [500, 5], freeShipping: true, campaigns, coupon })
    const item = { product_id: 'p', category: 'Books' }
    const items = [
      { ...item, sku: 'A', quantity: 2, price: 19.99 },
      { ...item, sku: 'B', quantity: 1, price: 0.05 },
    ]
    expect(questions.promotion).toEqual({ user_id: 7, coupon_code: 'ten', currency: 'USD', items })
  })
  test('for a guest without a code name neither', async () => {
    answers.promotion = { discount: 0, free_shipping: false, lines: [], campaigns: [], coupon: null }
    await offers.discounts({ currency: 'USD', lines: [] }, { userId: undefined, coupon: undefined })
    expect(questions.promotion).toEqual({ currency: 'USD', items: [] })
  })
})

describe('the categories and the tax class of a product', () => {
  const kind = { category_ids: ['top', 'below'], tax_class: 'books' as const }
  test('come from the catalog, and are absent where it does not know them', async () => {
    const product = { id: 'p', name: 'P', category: 'Books', currency: 'USD', price: 1, sku: 'A', stock: 3, status: 'active', variants: [] }
    answers.product = {
      items: [
        { ...product, ...kind },
        { ...product, id: 'q' },
      ],
      missing: [],
    }
    const products = await offers.products.fresh(['p', 'q'])
    expect(products.get('p')).toMatchObject(kind)
    expect(Object.keys(products.get('q') ?? {})).not.toContain('tax_class')
  })
  test('go to promotion and to tax', async () => {
    answers.promotion = { discount: 0, free_shipping: false, lines: [], campaigns: [], coupon: null }
    answers.tax = { ...quote, lines: [{ ...rate, tax_class: 'books' }] }
    const lines = [{ ...line, ...kind }]
    await offers.discounts({ currency: 'USD', lines }, { userId: 7, coupon: undefined })
    expect(questions.promotion).toMatchObject({ items: [{ category_ids: kind.category_ids }] })
    const taxes = await offers.taxes({ currency: 'USD', address, lines }, 0)
    expect(questions.tax).toMatchObject({ lines: [{ category: 'Books', tax_class: 'books' }] })
    expect(taxes.taxLines).toMatchObject([{ category: 'Books', tax_class: 'books' }])
  })
})

describe('taxes', () => {
  test('are put on their lines, at the rate of each kind of goods, on what each line costs after its discount', async () => {
    answers.tax = { ...quote, lines: [rate, { ...rate, category: 'Food', rate_ppm: 0 }] }
    const food = { ...line, category: 'Food' }
    const taxes = await offers.taxes({ currency: 'USD', address, lines: [...lines, food] }, 490)
    expect<unknown>(taxes.lines).toEqual([
      { ...lines[0], tax: 245 },
      { ...lines[1], tax: 0 },
      { ...food, tax: 0 },
    ])
    expect(taxes.tax).toBe(245 + 49)
    expect(questions.tax).toEqual({
      address,
      currency: 'USD',
      lines: [
        { category: 'Books', amount: 0 },
        { category: 'Food', amount: 0 },
      ],
    })
  })
  test('have a line for each line, and for the carriage, in the place of the goods, when there is carriage', async () => {
    answers.tax = quote
    const { taxLines } = await offers.taxes({ currency: 'USD', address, lines }, 490)
    const forGoods = [
      { ...rate, net: 34.98, tax: 2.45 },
      { ...rate, net: 0.05, tax: 0 },
    ]
    expect(taxLines).toEqual([...forGoods, { ...rate, category: 'shipping', rate_ppm: 99_000, net: 4.9, tax: 0.49 }])
    expect((await offers.taxes({ currency: 'USD', address, lines }, 0)).taxLines).toEqual(forGoods)
  })
  test('let no field into an event that the event does not have', async () => {
    answers.tax = { ...quote, lines: [{ category: 'Books', rate_ppm: 70_000, exemption: 'none' }] }
    const { taxLines } = await offers.taxes({ currency: 'USD', address: 'free text', lines }, 490)
    const names = ['category', 'rate_ppm', 'net', 'tax']
    expect(taxLines.map(Object.keys)).toEqual([names, names, names])
  })
  test('that leave a line out are refused', async () => {
    answers.tax = { ...quote, lines: [] }
    await expect(offers.taxes({ currency: 'USD', address, lines }, 490)).rejects.toMatchObject({ code: 'bad_answer', kind: 'bad_gateway' })
  })
})

describe('for a moment', () => {
  const ten = { discount: 0, free_shipping: false, lines: [{ discount: 0 }, { discount: 0 }], campaigns: [], coupon: null }
  const buyer = { userId: 7, coupon: undefined }
  const asked = async (work: () => Promise<unknown>) => {
    for (const name of services) delete questions[name]
    await work()
    return Object.keys(questions)
  }
  const remembering = (rememberMs = 60_000) => createOffers(clients.client, { rememberMs })
  const berlin = { currency: 'USD', address, lines }
  const shipped = { ...berlin, subtotal: 3503, freeShipping: false, option: undefined }

  test('a product, what carriage costs and the rates of tax are remembered, each for its own place', async () => {
    answers.shipping = { options: [{ option: 'standard', price: 4.9, free_over: null }] }
    answers.tax = quote
    answers.product = {
      items: [{ id: 'p', name: 'P', category: 'Books', currency: 'USD', price: 1, sku: 'A', stock: 3, status: 'active', variants: [] }],
    }
    const recent = remembering()
    const price =
      (to: typeof address = address) =>
      async () => {
        await recent.products.recent(['p'])
        await recent.carriage({ ...shipped, address: to })
        await recent.taxes({ ...berlin, address: to }, 490)
      }
    expect(await asked(price())).toEqual(['product', 'shipping', 'tax'])
    expect(await asked(price({ ...address, line1: 'Nebenstr. 2' }))).toEqual([])
    expect(await asked(price({ ...address, country: 'FR' }))).toEqual(['shipping', 'tax'])
    expect(await asked(() => recent.taxes({ ...berlin, lines: [{ ...line, net: 1 }] }, 0))).toEqual([])
    expect(await asked(() => recent.carriage({ ...shipped, lines: [{ ...line, quantity: 3 }] }))).toEqual(['shipping'])
    expect(await asked(() => recent.products.fresh(['p']))).toEqual(['product'])
  })

  test('promotion is not asked without a coupon where no automatic campaign is on, and always with one', async () => {
    answers.promotion = { ...ten, automatic: false }
    const recent = remembering()
    const discounts = (currency: string, coupon?: string) => () => recent.discounts({ currency, lines }, { ...buyer, coupon })
    expect(await asked(discounts('USD', 'TEN'))).toEqual(['promotion'])
    expect(await asked(discounts('USD'))).toEqual([])
    expect(await recent.discounts({ currency: 'USD', lines }, buyer)).toEqual({
      discount: 0,
      shares: [0, 0],
      freeShipping: false,
      campaigns: [],
      coupon: null,
    })
    expect(await asked(discounts('USD', 'TEN'))).toEqual(['promotion'])
    expect(await asked(discounts('EUR'))).toEqual(['promotion'])
    answers.promotion = { ...ten, automatic: true }
    for (let n = 0; n < 2; n++) expect(await asked(discounts('CHF'))).toEqual(['promotion'])
  })

  test('an instance of promotion of an earlier release, which does not say what is on, is always asked', async () => {
    answers.promotion = ten
    const recent = remembering()
    for (let n = 0; n < 2; n++) expect(await asked(() => recent.discounts(berlin, buyer))).toEqual(['promotion'])
  })

  test('what failed is asked again, and what was remembered is forgotten in time', async () => {
    answers.tax = { status: 400, code: 'refused', detail: 'Not like this.' }
    answers.promotion = { ...ten, automatic: false }
    const recent = remembering(50)
    await expect(recent.taxes(berlin, 0)).rejects.toMatchObject({ code: 'refused' })
    answers.tax = quote
    const all = () => Promise.all([recent.taxes(berlin, 0), recent.discounts(berlin, buyer)])
    expect((await asked(all)).toSorted()).toEqual(['promotion', 'tax'])
    await Bun.sleep(60)
    expect((await asked(all)).toSorted()).toEqual(['promotion', 'tax'])
  })
})

describe('an answer that does not come', () => {
  const asked = {
    product: () => offers.products.fresh(['p']),
    promotion: () => offers.discounts({ currency: 'USD', lines }, { userId: 7, coupon: undefined }),
    shipping: () => offers.carriage({ currency: 'USD', address, lines, subtotal: 1, freeShipping: false, option: undefined }),
    tax: () => offers.taxes({ currency: 'USD', address, lines }, 0),
  }
  test.each(services)('from %s is 503 while it is down, and its own words when it refuses', async name => {
    answers[name] = { status: 400, code: 'refused', detail: 'Not like this.' }
    await expect(asked[name]()).rejects.toMatchObject({ kind: 'invalid', code: 'refused', message: 'Not like this.' })
    clients.down.add(name)
    await expect(asked[name]()).rejects.toMatchObject({ kind: 'unavailable', code: `${name}_unavailable` })
  })
})
