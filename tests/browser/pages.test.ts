import { afterAll, expect, test } from 'bun:test'
import { closeBrowser, open } from './browser'

afterAll(closeBrowser)

/** Pages that anybody may open, by their addresses. */
const paths = [
  ...['/', '/search', '/products/507f1f77bcf86cd799439107', '/cart', '/checkout', '/orders', '/register', '/sign-in', '/reset-password'],
  ...['/admin', '/control'],
]

// What somebody sees who is signed in is opened by stored-scripts.test.ts, which follows every link.
test.each(paths)('%s opens without an error on a phone, on a desktop and in the dark', async path => {
  await using opened = await open(path)
  expect(await opened.faults()).toEqual([])
  expect(opened.wrong).toEqual([])
})

test.each(['ko', 'zh', 'vi'])('the shop opens in %s', async language => {
  await using opened = await open('/', { language })
  expect(await opened.page.locator('html').getAttribute('lang')).toBe(language)
  expect(opened.wrong).toEqual([])
})

test('an address where nothing is shows the shop’s own page, and says 404', async () => {
  await using opened = await open('/nothing-like-this', { expected: ['404 /nothing-like-this'] })
  expect(await opened.page.locator('h1').textContent()).toBe('There is nothing here')
  expect(opened.wrong).toEqual([])
})
