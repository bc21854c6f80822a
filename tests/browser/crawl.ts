import type { Page } from 'playwright-core'

/** `/orders/17?tab=parcels` and `/orders/18?tab=parcels` have one form: they are the same page. */
const formOf = (address: string) => {
  const { pathname, searchParams } = new URL(address, 'http://shop')
  const segments = pathname
    .replace(/\/$/, '')
    .split('/')
    .map(part => (/\d|^.{24,}$/.test(part) ? ':id' : part))
  return `${segments.join('/')}?${[...searchParams.keys()].sort()}${searchParams.get('tab') ?? ''}`
}

/** Of pages that are alike, such as those of the fourteen services, some are enough. */
const mostInOneFolder = 3
const folderOf = (form: string) => form.replace(/\?.*/, '').split('/').slice(0, -1).join('/')
const isFull = (seen: ReadonlySet<string>, form: string) => {
  const folder = folderOf(form)
  return folder.split('/').length > 2 && [...seen].filter(other => folderOf(other) === folder).length >= mostInOneFolder
}

/** Links that lead to a page of the same site. */
const linksOf = (page: Page, isOfSite: (path: string) => boolean) =>
  page
    .locator('a[href^="/"]')
    .evaluateAll(all => all.map(link => link.getAttribute('href') ?? ''))
    .then(all => all.filter(isOfSite))

const isOfShop = (path: string) => !/^\/(admin|control|api|docs|auth|health)(\/|\?|$)/.test(path)
const siteOf = (start: string) => {
  const [, base] = /^\/(admin|control)/.exec(start) ?? []
  return base ? (path: string) => new RegExp(`^/${base}(/|\\?|$)`).test(path) : isOfShop
}

/** Opens one page of each form that can be reached by links from `starts`, and calls `visit` on each. Returns their addresses. */
export async function crawl(
  { page, go }: { page: Page; go: (path: string) => Promise<void> },
  starts: readonly string[],
  visit: (path: string) => Promise<void>,
  most = 60,
): Promise<string[]> {
  const waiting = [...starts]
  const seen = new Set(starts.map(formOf))
  const visited: string[] = []
  const isOfSite = siteOf(starts[0] ?? '/')
  for (let path = waiting.shift(); path !== undefined && visited.length < most; path = waiting.shift()) {
    await go(path)
    await visit(path)
    visited.push(path)
    for (const link of await linksOf(page, isOfSite)) {
      const form = formOf(link)
      if (seen.has(form) || isFull(seen, form)) continue
      seen.add(form)
      waiting.push(link)
    }
  }
  return visited
}
