import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { root } from '../../scripts/install'
import { programs } from '../../scripts/servers/programs'
import { privateFolder } from '../../scripts/servers/server'

export const gateway = String(Bun.env.GATEWAY_URL)
export const widths = { phone: 390, desktop: 1280 } as const
export const schemes = ['light', 'dark'] as const

let browser: Promise<Browser> | undefined
/** One browser for the tests of a file. No name is looked up, so nothing but the platform's own address can be reached. */
const launched = () => {
  browser ??= chromium.launch({
    executablePath: programs.chromium(),
    args: [
      ...['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-color-profile=srgb'],
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  })
  return browser
}
export const closeBrowser = async () => {
  await (await browser)?.close()
  browser = undefined
}

export interface Login {
  username?: string
  email?: string
  password: string
}
export const administrator = (): Login => ({ email: String(Bun.env.ADMIN_EMAIL), password: String(Bun.env.ADMIN_PASSWORD) })

interface Options {
  width?: keyof typeof widths
  scheme?: (typeof schemes)[number]
  /** Who is signed in; nobody otherwise. */
  as?: Login
  language?: string
  /** Answers that the page is meant to get and to explain: `'409 /api/orders'`. The browser writes each into its console. */
  expected?: readonly string[]
}

/** What must not happen on any page: words and refused content in the console, failed answers, requests to elsewhere. */
const watch = (context: BrowserContext, expected: readonly string[]) => {
  const wrong: string[] = []
  const isExpected = (status: number, url: string) => expected.includes(`${status} ${new URL(url).pathname}`)
  context.on('page', page => {
    page.on('pageerror', error => wrong.push(`thrown: ${error.message}`))
    page.on('console', message => {
      const { url } = message.location()
      const status = Number(/responded with a status of (\d+)/.exec(message.text())?.[1])
      // Chromium's own hints are of the type `verbose`, or `debug` without a window.
      const isHint = ['verbose', 'debug'].includes(message.type())
      if (!isHint && !(status && isExpected(status, url))) wrong.push(`${message.type()}: ${message.text()}`)
    })
    page.on('requestfailed', request => {
      // A page that is left gives up what it was reading.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') wrong.push(`failed: ${request.url()} ${request.failure()?.errorText}`)
    })
    page.on('response', response => {
      if (response.status() >= 400 && !isExpected(response.status(), response.url())) wrong.push(`${response.status()}: ${response.url()}`)
    })
  })
  return wrong
}

export interface Opened {
  page: Page
  context: BrowserContext
  /** What went wrong so far. A test ends with `expect(wrong).toEqual([])`. */
  wrong: string[]
  /** Opens another path of the same visitor, and waits until it has loaded. */
  go: (path: string) => Promise<void>
  /** The serious findings of axe, each with where it is. */
  findings: () => Promise<string[]>
  /** The same and what is too wide, on a phone, on a desktop and in the dark. */
  faults: () => Promise<string[]>
  /** Writes a picture to .data/screenshots, if PICTURES=1 asks for it. */
  picture: (name: string) => Promise<void>
  [Symbol.asyncDispose]: () => Promise<void>
}

/** A new visitor of a site, and what goes wrong on its pages. */
export async function visit(site: string, { width = 'desktop', scheme = 'light', language = 'en-US', expected = [] }: Options = {}) {
  const context = await (await launched()).newContext({
    baseURL: site,
    viewport: { width: widths[width], height: width === 'phone' ? 844 : 900 },
    colorScheme: scheme,
    locale: language,
    reducedMotion: 'reduce',
  })
  const wrong = watch(context, expected)
  await context.route(
    url => url.origin !== new URL(site).origin && /^(https?|wss?):$/.test(url.protocol),
    (route, request) => {
      wrong.push(`elsewhere: ${request.url()}`)
      return route.abort()
    },
  )
  return { context, wrong }
}

/** Opens a path as a new visitor does: `await using shop = await open('/')`. */
export async function open(path: string, options: Options = {}): Promise<Opened> {
  const { width = 'desktop', scheme = 'light', as } = options
  const { context, wrong } = await visit(gateway, options)
  const [page] = await Promise.all([context.newPage(), as && signIn(context, as)])
  if (as) {
    await page.goto('/health')
    await page.evaluate(() => localStorage.setItem('shop.session', 'cookie'))
  }
  const go = async (to: string) => {
    await page.goto(to)
    await settled(page)
  }
  await go(path)
  return {
    page,
    context,
    wrong,
    go,
    findings: () => findings(page),
    faults: () => faults(page),
    picture: async name => {
      if (!Bun.env.PICTURES) return
      await page.screenshot({ path: join(privateFolder(root, '.data/screenshots'), `${name}-${width}-${scheme}.png`), fullPage: true })
    },
    [Symbol.asyncDispose]: () => context.close(),
  }
}

/** Gives a context the cookie of a session. A page that never had one looks for it only when `shop.session` says so. */
export async function signIn(context: BrowserContext, login: Login) {
  const answer = await context.request.post('/auth/login', { data: { ...login, session: 'cookie' }, headers: { origin: gateway } })
  if (!answer.ok()) throw new Error(`signing in as ${login.username ?? login.email} answered ${answer.status()}: ${await answer.text()}`)
}

/** Waits until the page is drawn and nothing in it loads any more. A live stream stays open, so the network is not waited for. */
export async function settled(page: Page) {
  await page.locator('main').waitFor()
  await page.waitForFunction(() => !document.querySelector('.progress, .skeleton, [aria-busy="true"]'))
}

const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8')

async function findings(page: Page, rules: readonly string[] = []): Promise<string[]> {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(
    async (only): Promise<AxeResults> =>
      Reflect.get(window, 'axe').run(document, { resultTypes: ['violations'], ...(only.length > 0 && { runOnly: only }) }),
    [...rules],
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary = '' }) => `${id}: ${help} at ${target.join(' ')}: ${failureSummary}`),
    )
}

/** In the dark only the colours differ, and those are the same at every width. */
const looks = [
  { name: 'a phone', width: widths.phone, scheme: 'light', rules: [] },
  { name: 'a desktop', width: widths.desktop, scheme: 'light', rules: [] },
  { name: 'a desktop in the dark', width: widths.desktop, scheme: 'dark', rules: ['color-contrast'] },
] as const

/** What is wrong with the look of a page: what axe finds, and content that is wider than the page. */
async function faults(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const { name, width, scheme, rules } of looks) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme: scheme })
    await settled(page)
    const all = await findings(page, rules)
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) all.push('it scrolls sideways')
    found.push(...all.map(fault => `${name}: ${fault}`))
  }
  return found
}
