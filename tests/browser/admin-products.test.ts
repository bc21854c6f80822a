import { afterAll, expect, test } from 'bun:test'
import type { ProductView } from '../../services/product/model'
import { shop, unique } from '../shop'
import { administrator, closeBrowser, open } from './browser'

afterAll(closeBrowser)

const admin = await shop.admin()
const variants = [
  { sku: `TEE-${unique()}`, stock: 1, attributes: { size: 'M', weight: 180 } },
  { sku: `TEE-${unique()}`, stock: 1, price: 25, attributes: { size: 'L', note: 'soft, warm' } },
]
const addShirt = () =>
  admin.call<ProductView>('POST', '/api/products', {
    body: { name: 'Shirt', description: 'Of cotton.', price: 20, category: 'Shirts', stock: 0, sku: `TEE-${unique()}`, variants },
  })

test('an administrator changes a price, and the variants without one of their own follow it', async () => {
  const { id } = await addShirt()
  const path = `/api/products/${id}`
  await using opened = await open(`/admin/products/${id}`, { as: administrator() })
  const { page } = opened
  const form = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Change', exact: true }).click()
  await form.getByLabel('Price').fill('30')
  expect(await form.locator('datalist option[value="Shirts"]').count()).toBe(1)
  expect(await opened.findings()).toEqual([])
  await form.getByRole('button', { name: 'Change', exact: true }).click()
  await page.getByText('Saved.').first().waitFor()
  const [medium, large] = (await admin.call<ProductView>('GET', path)).variants
  expect(medium).toMatchObject({ price: 30, attributes: { size: 'M', weight: 180 } })
  expect(large).toMatchObject({ price: 25, attributes: { size: 'L', note: 'soft, warm' } })
  expect(opened.wrong).toEqual([])
})

test('a change is refused if somebody else changed the product while the form was open', async () => {
  const { id } = await shop.addProduct()
  const path = `/api/products/${id}`
  await using opened = await open(`/admin/products/${id}`, { as: administrator(), expected: [`412 ${path}`] })
  const { page } = opened
  const form = page.getByRole('dialog')
  const save = form.getByRole('button', { name: 'Change', exact: true })
  await page.getByRole('button', { name: 'Change', exact: true }).click()
  await form.getByLabel('Price').fill('30')
  await admin.call('PATCH', path, { body: { price: 40 } })
  await save.click()
  await form.getByText('Somebody changed this in the meantime').waitFor()
  expect((await admin.call<ProductView>('GET', path)).price).toBe(40)
  // Opened again, it begins with what the other one left.
  await form.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Change', exact: true }).click()
  expect(await form.getByLabel('Price').inputValue()).toBe('40')
  await form.getByLabel('Price').fill('30')
  await save.click()
  await page.getByText('Saved.').first().waitFor()
  expect((await admin.call<ProductView>('GET', path)).price).toBe(30)
  expect(opened.wrong).toEqual([])
})
