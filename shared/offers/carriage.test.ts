import { afterAll, describe, expect, test } from 'bun:test'
import { createOffers } from '../offers'
import { testClients } from '../testing'

/** Shipping, which answers with `rates`; what it was asked last is in `question`. */
let rates: object[] = []
let question: unknown
const shipping = {
  async fetch(request: Request) {
    question = await request.json()
    return Response.json({ options: rates })
  },
}
const clients = testClients({ shipping })
const offers = createOffers(clients.client, { rememberMs: 0 })
afterAll(clients.stop)

const address = { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE', region: 'BE' }
const line = { product_id: 'p', sku: 'A', quantity: 2 }

describe('carriage', () => {
  const rateOf = (option: string, price: number, free_over: number | null = null) => ({
    option,
    price,
    free_over,
    currency: 'USD',
    days_min: 1,
    days_max: 2,
  })
  const standard = rateOf('standard', 4.9, 35.03)
  const express = rateOf('express', 25)
  const goods = { currency: 'USD', address, lines: [line], subtotal: 3502, freeShipping: false, option: undefined }
  const carriage = (offered: object[], change: { subtotal?: number; freeShipping?: boolean; option?: string } = {}) => {
    rates = offered
    return offers.carriage({ ...goods, ...change })
  }
  const pricesOf = async (...asked: Parameters<typeof carriage>) => (await carriage(...asked)).offered.map(({ price }) => price)

  test('has a price for each option, by the goods and their subtotal', async () => {
    const { offered, chosen } = await carriage([standard, express])
    expect(offered).toEqual([
      { option: 'standard', price: 490 },
      { option: 'express', price: 2500 },
    ])
    expect(chosen).toEqual({ option: 'standard', price: 490 })
    expect(await pricesOf([standard, express], { subtotal: 3503 })).toEqual([0, 2500])
    expect(question).toEqual({ address, currency: 'USD', items: [line] })
  })
  test('that is free takes off what standard shipping costs, and never more than the option costs', async () => {
    const free = { freeShipping: true }
    expect(await pricesOf([standard, express, rateOf('pickup', 1)], free)).toEqual([0, 2010, 0])
    expect(await pricesOf([standard, express], { ...free, subtotal: 3503 })).toEqual([0, 2010])
    expect(await pricesOf([express], free)).toEqual([2500])
  })
  test('is standard unless another option is asked for; where that is not offered, the first', async () => {
    expect((await carriage([express, standard])).chosen).toEqual({ option: 'standard', price: 490 })
    expect((await carriage([standard, express], { option: 'express' })).chosen).toEqual({ option: 'express', price: 2500 })
    expect((await carriage([express, rateOf('pickup', 0)])).chosen).toEqual({ option: 'express', price: 2500 })
    const unknown = { kind: 'invalid', code: 'unknown_shipping_option' }
    await expect(carriage([express], { option: 'standard' })).rejects.toMatchObject(unknown)
  })
  test('is never free of charge for want of an option', async () => {
    for (const option of [undefined, 'standard'])
      await expect(carriage([], option ? { option } : {})).rejects.toMatchObject({ kind: 'bad_gateway', code: 'bad_answer' })
  })
})
