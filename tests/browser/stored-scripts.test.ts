import { afterAll, beforeAll, expect, test } from 'bun:test'
import { administrator, closeBrowser, type Login, type Opened, open } from './browser'
import { crawl } from './crawl'
import { fillHostileWorld, hostile } from './hostile-world'

afterAll(closeBrowser)
let world: Awaited<ReturnType<typeof fillHostileWorld>>
beforeAll(async () => {
  world = await fillHostileWorld()
}, 120_000)

/** Whether any text of the world became a part of a page: then its image would be there, whether or not the policy stopped the script. */
const brokenOut = ({ page }: Opened) =>
  page.locator('img[onerror], [onerror], main script').evaluateAll(all => all.map(element => element.outerHTML.slice(0, 120)))

/** What a person reads: the text of the page, and what stands in its fields. */
const readable = ({ page }: Opened) =>
  page.evaluate(() => {
    const fields = [...document.querySelectorAll('input, textarea')].map(field => (field as HTMLInputElement).value)
    return [document.body.textContent, document.title, ...fields].join('\n')
  })

/** Opens every page of a site as somebody, full of long and hostile texts, and returns which of them were seen as they are, and what is wrong with the look. */
const sweep = async (starts: readonly string[], as: Login | undefined) => {
  await using opened = await open('/sign-in', as ? { as } : {})
  const ran: string[] = []
  await opened.context.exposeFunction('ran', (field: string) => ran.push(field))
  opened.page.on('dialog', dialog => {
    ran.push(`dialog: ${dialog.message()}`)
    return dialog.dismiss()
  })
  let text = ''
  const parts: string[] = []
  const faults: string[] = []
  const visited = await crawl(opened, starts, async path => {
    for (const part of await brokenOut(opened)) parts.push(`${path}: ${part}`)
    text += await readable(opened)
    if (as) for (const fault of await opened.faults()) faults.push(`${path}: ${fault}`)
    await opened.picture(`sweep${path.replace(/[^\w-]+/g, '-').slice(0, 60)}`)
  })
  return { ran, parts, faults, wrong: opened.wrong, visited, shows: (field: string) => text.includes(hostile(field)) }
}

const nothing = { ran: [], parts: [], faults: [], wrong: [] }

test('no text that somebody left in the shop becomes a script on any page of the shop, and each is shown as it was written', async () => {
  const { shows, visited, ...found } = await sweep(['/', ...world.paths, '/account', '/messages', '/wishlist', '/cart'], world.login)
  expect(found).toEqual(nothing)
  expect(visited.length).toBeGreaterThan(10)
  const fields = ['product name', 'description', 'attribute', 'review title', 'review', 'street', 'city', 'full name', 'return reason']
  expect(fields.filter(field => !shows(field))).toEqual([])
}, 240_000)

test('nor for a guest', async () => {
  const { shows, visited, ...found } = await sweep(['/', ...world.paths.filter(path => !path.startsWith('/orders'))], undefined)
  expect(found).toEqual(nothing)
  expect(['product name', 'review title'].filter(field => !shows(field))).toEqual([])
}, 240_000)

test('nor in the admin, where everything comes together', async () => {
  const { shows, visited, ...found } = await sweep(
    ['/admin', `/admin/orders/${world.orderId}`, `/admin/products/${world.product.id}`],
    administrator(),
  )
  expect(found).toEqual(nothing)
}, 240_000)

test('nor in the control room', async () => {
  const { shows, visited, ...found } = await sweep(['/control', `/control/orders/${world.orderId}`], administrator())
  expect(found).toEqual(nothing)
}, 240_000)
