import { afterAll, beforeAll, expect, test } from 'bun:test'
import { administrator, closeBrowser, type Login, type Opened, open, settled } from './browser'
import { buttonAt, isOfKit, namesOf, prepare } from './buttons'
import { fillWorldOfButtons } from './buttons-world'
import { doublesOf, refuseChanges } from './changes'
import { crawl } from './crawl'

let world: Awaited<ReturnType<typeof fillWorldOfButtons>>
beforeAll(async () => {
  world = await fillWorldOfButtons()
}, 120_000)
afterAll(async () => {
  await closeBrowser()
  await world.tidy()
})

/** `POST /api/orders/7/cancel` and `POST /api/orders/8/cancel` are of one kind. */
const kindOf = (what: string) => what.replace(/\/[^/]*\d[^/]*/g, '/:id')

const isDialogOpen = async ({ page }: Opened) => (await page.locator('dialog[open]').count()) > 0

/** Clicks each button of each page, and of the dialogs that open, twice, and tells what was sent more than once. */
const sweep = async (starts: readonly string[], as?: Login, most?: number) => {
  await using opened = await open('/sign-in', as ? { as } : {})
  const { page, context, go, wrong } = opened
  // Whoever signed out is signed in again by the next page.
  if (as) await context.addInitScript(() => localStorage.setItem('shop.session', 'cookie'))
  const changes = await refuseChanges(context)
  const clicked = new Set<string>()
  const sent = new Set<string>()
  const doubles: string[] = []

  /** Acts, draws what the act began, and only then lets the shop answer. */
  const act = async (what: () => Promise<unknown>) => {
    await changes.hold(async () => {
      await what()
      await page.evaluate(() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn))))
    })
    await changes.answered()
    await settled(page)
  }
  /** A button that was not clicked yet. What closes a dialog comes last, since it takes the others away. */
  const next = async (path: string) => {
    const names = (await namesOf(page)).map(name => (name && !isOfKit(name) ? `${path} ${name}` : name))
    const left = names.filter(name => name && !clicked.has(name))
    const name = left.find(one => !isOfKit(one)) ?? left[0]
    return name === undefined ? undefined : { name, button: buttonAt(page, names.indexOf(name)) }
  }
  const clickAll = async (path: string) => {
    for (;;) {
      await prepare(page)
      const found = await next(path)
      if (found) {
        clicked.add(found.name)
        changes.take()
        await act(() => found.button.click({ clickCount: 2, delay: 1, timeout: 5000 }))
        const taken = changes.take()
        for (const { what } of taken) sent.add(kindOf(what))
        for (const double of doublesOf(taken)) doubles.push(`${found.name}: ${double}`)
        const isElsewhere = new URL(page.url()).pathname !== path.replace(/\?.*/, '')
        if (isElsewhere || isOfKit(found.name)) await go(path)
      } else if (await isDialogOpen(opened)) {
        await act(() => page.keyboard.press('Escape'))
        if (await isDialogOpen(opened)) return
      } else return
    }
  }
  await crawl(opened, starts, clickAll, most)
  // Each refusal is written into the console.
  return { doubles, wrong: wrong.filter(line => !/\b409\b/.test(line)), clicked: clicked.size, sent: sent.size }
}

const guestPages = () => [
  '/sign-in',
  '/register',
  '/reset-password',
  '/reset-password?token=x',
  '/verify-email?token=x',
  ...world.paths.slice(0, 1),
]
/** A little less than there are, so that the test fails when it no longer finds the buttons, or no longer sees what they send. */
const sites = [
  {
    name: 'the shop',
    as: () => world.login,
    starts: () => ['/', ...world.paths, '/account', '/messages', '/wishlist', '/cart', '/checkout'],
    buttons: 36,
    kinds: 22,
  },
  { name: 'the shop, for a guest', as: () => undefined, starts: guestPages, most: 6, buttons: 5, kinds: 5 },
  {
    name: 'the admin',
    as: administrator,
    starts: () => ['/admin', ...world.orders.map(id => `/admin/orders/${id}`), `/admin/products/${world.product.id}`],
    buttons: 85,
    kinds: 28,
  },
  {
    name: 'the control room',
    as: administrator,
    starts: () => ['/control', ...world.orders.slice(0, 1).map(id => `/control/orders/${id}`)],
    buttons: 18,
    kinds: 5,
  },
]

test.each(sites)(
  'a double click sends no change twice in $name',
  async ({ as, starts, most, buttons, kinds }) => {
    const { clicked, sent, ...found } = await sweep(starts(), as(), most)
    expect(found).toEqual({ doubles: [], wrong: [] })
    expect(clicked).toBeGreaterThanOrEqual(buttons)
    expect(sent).toBeGreaterThanOrEqual(kinds)
  },
  240_000,
)
