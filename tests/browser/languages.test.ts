import { afterAll, expect, test } from 'bun:test'
import { shop } from '../shop'
import { closeBrowser, open } from './browser'
import { someone } from './people'

afterAll(closeBrowser)

test('a refusal is in the language of the reader', async () => {
  const { login } = await someone()
  await using opened = await open('/register?lang=ko', { expected: ['409 /auth/register'] })
  const { page } = opened
  const fields = {
    full_name: 'Ann Example',
    email: `${login.username}@example.com`,
    username: login.username,
    password: 'password-of-pages',
  }
  for (const [field, value] of Object.entries(fields)) await page.locator(`input[name=${field}]`).fill(value)
  await page.locator('main button[type=submit]').click()
  await page.getByText('이 이메일로 만든 계정이 있습니다').waitFor()
  expect(opened.wrong).toEqual([])
})

const languages = {
  en: { email: 'Write an e-mail address, such as ann@example.com.', expired: 'This offer is over.' },
  ko: { email: '같은 이메일 주소를 적어 주세요.', expired: '기간이 끝난 할인입니다.' },
  zh: { email: '请填写邮箱地址', expired: '此优惠已结束。' },
  vi: { email: 'Hãy ghi địa chỉ e-mail', expired: 'Ưu đãi này đã kết thúc.' },
}
test('what is wrong with a field and with a coupon is in the language of the reader, and in the shop’s own words where there are no others', async () => {
  const over = await shop.addCoupon({ starts_at: '2026-01-01T00:00:00Z', ends_at: '2026-01-02T00:00:00Z' })
  const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  await api.call('POST', '/api/cart/items', { body: { product_id: product.id, quantity: 1 } })
  await using opened = await open('/', { as: login, expected: ['400 /api/users/me', '409 /api/cart/coupon'] })
  const { page } = opened
  for (const [language, { email, expired }] of Object.entries(languages)) {
    await opened.go(`/account?lang=${language}`)
    // The browser takes it for an address, the shop does not.
    await page.locator('input[name=email]').fill('ann@example')
    await page.locator('input[name=current_password]').fill(login.password)
    await page.locator('main button[type=submit]').click()
    expect(await page.locator('input[name=email] ~ .text-bad').textContent()).toContain(email)
    await opened.go(`/cart?lang=${language}`)
    await page.locator('input[name=coupon]').fill(over.code)
    await page.locator('form:has(input[name=coupon]) button').click()
    expect(await page.locator('main').getByRole('alert').textContent()).toContain(expired)
  }
  const errors = [{ path: '/code', code: 'from_a_newer_release', message: 'is for members only' }]
  const refusal = { status: 409, contentType: 'application/problem+json', body: JSON.stringify({ code: 'coupon_rejected', errors }) }
  await page.route('**/api/cart/coupon', route => route.fulfill(refusal))
  await page.locator('form:has(input[name=coupon]) button').click()
  await page.getByText('is for members only').waitFor()
  expect(opened.wrong).toEqual([])
})

test('another language leaves what was typed, and comes when the connection is back', async () => {
  await using opened = await open('/register')
  const { page } = opened
  await page.clock.install()
  const name = page.locator('input[name=full_name]')
  await name.fill('Ann Example')
  const choose = (language: string) => page.locator('footer select').selectOption(language)
  await choose('ko')
  await page.getByText('시연용 상점입니다').waitFor()
  await opened.context.setOffline(true)
  await Promise.all([page.waitForEvent('requestfailed'), choose('vi')])
  expect(await name.inputValue()).toBe('Ann Example')
  await opened.context.setOffline(false)
  // Every three seconds its words are asked for again.
  await page.clock.runFor(3000)
  await page.getByText('Cửa hàng trình diễn').waitFor()
  expect(await name.inputValue()).toBe('Ann Example')
  expect(opened.wrong.filter(line => !/ERR_FAILED|INTERNET_DISCONNECTED/.test(line))).toEqual([])
})
