import { afterAll, describe, expect, test } from 'bun:test'
import { administrator, closeBrowser, open, schemes, widths } from './browser'

afterAll(closeBrowser)

/** Pages that anybody may open, by their addresses. */
const paths = [
  ...['/', '/search', '/products/507f1f77bcf86cd799439107', '/cart', '/checkout', '/orders', '/register', '/sign-in', '/reset-password'],
  ...['/admin', '/control'],
]
const views = (Object.keys(widths) as (keyof typeof widths)[]).flatMap(width => schemes.map(scheme => ({ width, scheme })))

describe.each(views)('on a $width in $scheme colours', view => {
  test.each(paths)('%s opens without an error, and axe finds nothing serious', async path => {
    await using opened = await open(path, view)
    await opened.picture(`page${path.replaceAll('/', '-')}`)
    expect(await opened.findings()).toEqual([])
    expect(await opened.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    expect(opened.wrong).toEqual([])
  })
})

const adminPages = [
  ...['', '/orders', '/products', '/products/507f1f77bcf86cd799439107', '/stock', '/campaigns', '/campaigns/1', '/shipping', '/tax'],
  ...['/tax?tab=report', '/reviews', '/users', '/users/1', '/deliveries', '/audit'],
]
test.each([views[0], views[3]] as const)('every page of the admin opens on a $width in $scheme colours', async view => {
  await using opened = await open('/admin', { ...view, as: administrator() })
  for (const path of adminPages) {
    await opened.go(`/admin${path}`)
    expect([path, await opened.findings()]).toEqual([path, []])
    expect([path, await opened.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)]).toEqual([path, 0])
  }
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
