import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { root } from '../../scripts/install'
import type * as Sdk from '../../sdk/src/index'
import { shop, unique } from '../shop'
import { closeBrowser, gateway, open } from './browser'

/** The client of sdk/ in a real browser, with a session in a cookie; and what other pages in the same browser can do with that cookie. */

let script = ''
beforeAll(async () => {
  const { outputs } = await Bun.build({ entrypoints: [join(root, 'sdk/src/index.ts')], target: 'browser', format: 'esm' })
  const text = (await outputs[0]?.text()) ?? ''
  const [, names = ''] = /export \{([^}]*)\};?\s*$/.exec(text) ?? []
  const [body] = text.split(/export \{[^}]*\};?\s*$/)
  script = `(() => { ${body}\nwindow.sdk = { ${names} }; window.shop = sdk.createShop({ session: 'cookie' }) })()`
})
afterAll(closeBrowser)

declare global {
  interface Window {
    sdk: typeof Sdk
    shop: Sdk.Shop
  }
}
/** Loads the client into a page of the gateway that has no session of its own, as a bundle would. */
const load = async (page: Page) => {
  await page.goto(`${gateway}/docs/events`)
  await page.evaluate(script)
  return page
}
const resumed = (page: Page) => page.evaluate(async () => (await window.shop.session.resume())?.userId)

const signedIn = async (expected: string[] = []) => {
  const login = { username: `page-${unique()}`, password: 'password-of-tests' }
  const { id } = await shop.guest.call<{ id: number }>('POST', '/auth/register', {
    body: { ...login, email: `${login.username}@example.com`, full_name: 'Ann Example' },
  })
  const visit = await open('/docs/events', { expected })
  await load(visit.page)
  expect(await visit.page.evaluate(async given => Object.keys(await window.sdk.login(window.shop, given)), login)).not.toContain(
    'refresh_token',
  )
  return { visit, id }
}

test('a page stays signed in over reloads and in many tabs that all begin at once', async () => {
  const { visit, id } = await signedIn()
  await using _ = visit
  const tabs = await Promise.all(Array.from({ length: 4 }, async () => load(await visit.context.newPage())))
  expect(await Promise.all(tabs.map(resumed))).toEqual([id, id, id, id])
  // Tabs that are closed in the middle of a refresh may lose its answer; the others go on.
  for (let round = 0; round < 3; round++) {
    const closing = await load(await visit.context.newPage())
    await closing.evaluate(() => void window.shop.session.resume())
    await closing.close()
    expect(await resumed(await load(visit.page))).toBe(id)
  }
  expect(visit.wrong).toEqual([])
})

test('signing out in one tab signs out the others', async () => {
  const { visit } = await signedIn()
  await using _ = visit
  const other = await load(await visit.context.newPage())
  await resumed(other)
  const told = other.evaluate(() => new Promise(resolve => window.shop.session.onChange(user => resolve(user ?? 'nobody'))))
  await visit.page.evaluate(() => window.sdk.logout(window.shop))
  expect(await told).toBe('nobody')
  expect(await visit.context.cookies()).toEqual([])
  expect(await resumed(await load(other))).toBeUndefined()
  expect(visit.wrong).toEqual([])
})

/** Sends JSON as a form can: in the name of a field. */
const submitForm = (action: string) => {
  const target = `frame of ${action}`
  const form = Object.assign(document.createElement('form'), { action, method: 'post', enctype: 'text/plain', target })
  form.append(Object.assign(document.createElement('input'), { name: '{"session":"cookie","x":"', value: '"}' }))
  document.body.append(Object.assign(document.createElement('iframe'), { name: target }), form)
  form.submit()
}

test('a page of another site, and one at another port of the same, can do nothing with the cookie', async () => {
  const { visit, id } = await signedIn()
  await using _ = visit
  await visit.context.unrouteAll()
  const server = Bun.serve({
    port: 0,
    fetch: () => new Response('<!doctype html><title>x</title>', { headers: { 'content-type': 'text/html' } }),
  })
  try {
    for (const host of ['localhost', '127.0.0.1']) {
      const attacker = await visit.context.newPage()
      await attacker.goto(`http://${host}:${server.port}/`)
      for (const path of ['/auth/refresh', '/auth/logout']) {
        const tried = (init: RequestInit) =>
          attacker.evaluate(
            ([address, more]) =>
              fetch(String(address), { method: 'POST', credentials: 'include', body: '{"session":"cookie"}', ...Object(more) }).then(
                ({ type }) => type,
                () => 'refused',
              ),
            [gateway + path, init] as const,
          )
        // JSON needs a preflight, which the gateway does not grant. What needs none is opaque to the page, and no JSON to the shop.
        expect(await tried({ headers: { 'content-type': 'application/json' } })).toBe('refused')
        expect(await tried({ mode: 'no-cors', headers: { 'content-type': 'text/plain' } })).toBe('opaque')
        const [answer] = await Promise.all([attacker.waitForResponse(gateway + path), attacker.evaluate(submitForm, gateway + path)])
        expect(answer.status()).toBe(415)
      }
      await attacker.close()
      expect(await resumed(await load(visit.page))).toBe(id)
    }
  } finally {
    server.stop(true)
  }
})
