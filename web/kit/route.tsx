import { computed, signal } from '@preact/signals'
import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { kitWords } from './kit-words'
import { say } from './notice'

export interface PageProps {
  /** What stands in the place of `:id` and the like. */
  params: Record<string, string>
}
/** A page is a module of its own, loaded when it is first opened: `'/orders/:id': () => import('./pages/order')`. */
export type Routes = Record<string, () => Promise<{ default: ComponentType<PageProps> }>>

const address = signal(new URL(location.href))
let base = ''

/** The path inside this site: `/orders/7`, also where the browser shows `/admin/orders/7`. */
export const path = computed(() => address.value.pathname.slice(base.length).replace(/\/+$/, '') || '/')
/** What stands behind the `?`: filters, the page of a list, an open tab. */
export const query = computed(() => address.value.searchParams)
/** The whole address inside this site, to come back to after signing in. */
export const here = computed(() => path.value + address.value.search)

const inSite = (to: string) => base + (to.startsWith('/') ? to : `/${to}`)

/** Opens another page of this site. */
export function go(to: string, { replace = false } = {}) {
  // Put together as text: `to` may come from the address (`?then=`), and must not lead to another origin.
  const next = new URL(location.origin + inSite(to))
  const moved = next.pathname !== address.value.pathname
  history[replace ? 'replaceState' : 'pushState'](null, '', next)
  address.value = next
  // The next page begins at its top, and a screen reader there too.
  if (moved) {
    scrollTo(0, 0)
    document.querySelector('main')?.focus({ preventScroll: true })
  }
}

/** Changes what stands behind the `?`; an empty value takes its name away. A change of filters goes back to the first page of a list. */
export function setQuery(changes: Record<string, string | undefined>, { replace = false } = {}) {
  const next = new URLSearchParams(query.value)
  for (const [name, value] of Object.entries({ page: undefined, ...changes })) {
    if (value) next.set(name, value)
    else next.delete(name)
  }
  go(path.value + (next.size > 0 ? `?${next}` : ''), { replace })
}

interface LinkProps {
  to: string
  class?: string
  children: ComponentChildren
  label?: string | undefined
  /** Current also on the pages below its path. */
  section?: boolean
}

/** A link to another page of this site. */
export function Link({ to, children, label, section, class: look }: LinkProps) {
  const [target = ''] = to.split('?')
  const current = to === here.value || target === path.value || (section && path.value.startsWith(`${target}/`))
  return (
    <a href={inSite(to)} class={look} aria-label={label} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  )
}

const follow = (event: MouseEvent) => {
  const link = event.target instanceof Element && event.target.closest('a')
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  if (link.target || link.hasAttribute('download') || link.origin !== location.origin) return
  const inside = link.pathname === (base || '/') || link.pathname.startsWith(`${base}/`)
  const foreign = /^\/(api|docs|auth|health)(\/|$)/.test(link.pathname) || (base === '' && /^\/(admin|control)(\/|$)/.test(link.pathname))
  if (!inside || foreign) return
  // A place on the same page.
  if (link.hash && link.pathname === location.pathname && link.search === location.search) return
  event.preventDefault()
  go(link.pathname.slice(base.length) + link.search)
}

/** What is not the UTF-8 of any text stays as it is, and names nothing. */
const decoded = (value: string) => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

const matches = (pattern: string, given: string): Record<string, string> | undefined => {
  const [names, values] = [pattern.split('/'), given.split('/')]
  if (names.length !== values.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, name] of names.entries()) {
    const value = values[i] ?? ''
    if (name.startsWith(':')) params[name.slice(1)] = decoded(value)
    else if (name !== value) return undefined
  }
  return params
}

interface Loaded {
  Page: ComponentType<PageProps>
  params: Record<string, string>
  pattern: string
}
const shown = signal<Loaded | undefined>(undefined)
const opening = signal(false)

const retryMs = 5000
const isReachable = () =>
  fetch('/health').then(
    ({ ok }) => ok,
    () => false,
  )

async function open(routes: Routes, given: string, isCurrent: () => boolean) {
  const found = Object.entries(routes).flatMap(([pattern, load]) => {
    const params = pattern !== '*' && matches(pattern, given)
    return params ? [{ pattern, load, params }] : []
  })[0] ?? { pattern: '*', load: routes['*'], params: {} }
  if (!found.load) return
  opening.value = shown.value?.pattern !== found.pattern
  try {
    const { default: Page } = await found.load()
    if (isCurrent()) shown.value = { Page, params: found.params, pattern: found.pattern }
    if (history.state?.reloaded) history.replaceState(null, '')
  } catch (error) {
    if (!(await isReachable())) {
      // The page before stays, and the next one comes when the shop is back.
      say(kitWords.value.noAnswer, 'warn')
      setTimeout(() => isCurrent() && void open(routes, given, isCurrent), retryMs)
      return
    }
    // A newer version of the shop has other files: a fresh start finds them. Once, so that a page that is broken does not reload for ever.
    if (history.state?.reloaded) throw error
    history.replaceState({ reloaded: true }, '')
    location.reload()
  } finally {
    if (isCurrent()) opening.value = false
  }
}

/** Shows the page of the present address. The page before stays until the next one is there. */
export function Router({ routes }: { routes: Routes }) {
  const given = path.value
  const latest = useRef(given)
  latest.current = given
  useEffect(() => void open(routes, given, () => latest.current === given), [given, routes])
  const { Page, params, pattern } = shown.value ?? {}
  return (
    <>
      {opening.value && <div class="progress" />}
      {Page && params && <Page key={`${pattern} ${Object.values(params)}`} params={params} />}
    </>
  )
}

/** Begins to follow links and the browser's own buttons. `at` is where the gateway serves this site: '' or '/admin'. */
export function startRouter(at: string) {
  base = at
  address.value = new URL(location.href)
  addEventListener('popstate', () => {
    address.value = new URL(location.href)
  })
  document.addEventListener('click', follow)
}
