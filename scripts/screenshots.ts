import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { status } from './background'
import { root } from './install'
import { programs } from './servers/programs'

/** The README's pictures, of the shop that `bun start` runs with its demo world: bun scripts/screenshots.ts */

const text = status().text
const found = (pattern: RegExp) => {
  const [, value] = pattern.exec(text) ?? []
  if (!value) throw new Error('Run `bun start` first: the pictures show its demo world.')
  return value
}
const gateway = found(/Shop +(http\S+)/)
const administrator = { email: found(/Administrator +(\S+)/), password: found(/Administrator +\S+ +(\S+)/) }
const folder = join(root, 'docs/screenshots')

interface Picture {
  name: string
  path: string
  as?: { email: string; password: string }
  scheme?: 'light' | 'dark'
  width?: number
  /** What has to be there before the picture is taken. */
  act?: (page: Page) => Promise<unknown>
}

const pictures: Picture[] = [
  { name: 'shop', path: '/' },
  { name: 'product', path: '/products/507f1f77bcf86cd799439107' },
  { name: 'phone', path: '/search?keyword=coffee', width: 390, scheme: 'dark' },
  { name: 'admin', path: '/admin', as: administrator },
  { name: 'control', path: '/control/orders/1', as: administrator, scheme: 'dark' },
]

const settled = async (page: Page) => {
  await page.locator('main h1').first().waitFor()
  await page.waitForFunction(() => !document.querySelector('.progress, .skeleton, [aria-busy="true"]'))
  await page.waitForTimeout(500) // charts and pictures fade in
}

async function take(browser: Browser, { path, as, scheme = 'light', width = 1280, act }: Picture) {
  const context = await browser.newContext({
    baseURL: gateway,
    viewport: { width, height: 800 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    deviceScaleFactor: width < 500 ? 2 : 1,
  })
  const page = await context.newPage()
  if (as) {
    await context.request.post('/auth/login', {
      data: { email: as.email, password: as.password, session: 'cookie' },
      headers: { origin: gateway },
    })
    await page.goto('/health')
    await page.evaluate(() => localStorage.setItem('shop.session', 'cookie'))
  }
  await page.goto(path)
  await settled(page)
  if (act) {
    await act(page)
    await settled(page)
  }
  const png = await page.screenshot()
  await context.close()
  return png
}

/** Much smaller than PNG, and looks the same. */
async function asWebp(browser: Browser, png: Buffer) {
  const page = await browser.newPage()
  const address = await page.evaluate(
    async source => {
      const image = new Image()
      image.src = source
      await image.decode()
      const canvas = document.createElement('canvas')
      canvas.width = image.width
      canvas.height = image.height
      canvas.getContext('2d')?.drawImage(image, 0, 0)
      return canvas.toDataURL('image/webp', 0.86)
    },
    `data:image/png;base64,${png.toString('base64')}`,
  )
  await page.close()
  return Buffer.from(address.slice(address.indexOf(',') + 1), 'base64')
}

const browser = await chromium.launch({
  executablePath: programs.chromium(),
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
})
mkdirSync(folder, { recursive: true })
for (const picture of pictures) {
  const webp = await asWebp(browser, await take(browser, picture))
  writeFileSync(join(folder, `${picture.name}.webp`), webp)
  console.log(`docs/screenshots/${picture.name}.webp  ${Math.round(webp.length / 1000)} kB`)
}
await browser.close()
