import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { kitWords } from '../kit/kit-words'
import { changed, useQuery } from '../kit/query'
import { Link } from '../kit/route'
import { person, signOut } from '../kit/session'
import { Main } from '../kit/site'
import { type ShopEvent, subscribe } from '../kit/stream'
import { Menu } from '../kit/tabs'
import { chooseLanguage, type Language, language, languages } from '../kit/words'
import { cart } from './cart'
import { SearchBox } from './parts/search-box'
import { words } from './words'

/**
 * The count of unread messages follows the stream. Only a tab that is looked at has one: without HTTP/2 all tabs of a browser together have six
 * connections to the shop.
 */
function useNews(someone: number | undefined) {
  useEffect(() => {
    if (someone === undefined) return
    let abort = new AbortController()
    let lastEventId: string | undefined
    const reread = () => changed('/api/notifications?')
    const onEvent = ({ id }: ShopEvent) => {
      lastEventId = id ?? lastEventId
      reread()
    }
    const follow = () => {
      abort.abort()
      if (document.visibilityState !== 'visible') return
      abort = new AbortController()
      // Without the stream the count is that of the last page.
      subscribe('/api/notifications/stream', { onEvent, lastEventId, signal: abort.signal }).catch(() => {})
    }
    const comeOrGo = () => {
      follow()
      // Before its first message a stream cannot be continued.
      if (document.visibilityState === 'visible' && lastEventId === undefined) reread()
    }
    follow()
    document.addEventListener('visibilitychange', comeOrGo)
    return () => {
      abort.abort()
      document.removeEventListener('visibilitychange', comeOrGo)
    }
  }, [someone])
}

function Count({ of: count, label }: { of: number; label: string }) {
  if (count === 0) return null
  return (
    <span class="grid h-5 min-w-5 place-items-center rounded-full bg-brand px-1 text-xs font-bold text-on-brand number">
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span class="sr-only"> {label}</span>
    </span>
  )
}

function Account() {
  const w = words.value
  const someone = person.value
  const { data } = useQuery<{ total: number }>(someone && '/api/notifications?unread=true&limit=1')
  useNews(someone?.id)
  if (!someone)
    return (
      <Link to="/sign-in" class="button button-plain">
        {kitWords.value.signIn}
      </Link>
    )
  return (
    <>
      <Link to="/messages" class="button button-quiet px-2.5">
        <span aria-hidden="true" class="text-xl leading-none">
          ✉
        </span>
        <span class="sr-only">{w.messages}</span>
        <Count of={data?.total ?? 0} label={`${data?.total} ${w.unread}`} />
      </Link>
      <Menu
        label={
          <>
            <span aria-hidden="true" class="sm:hidden">
              ☰
            </span>
            <span class="max-sm:sr-only">{someone.full_name.split(' ')[0] ?? w.account}</span>
          </>
        }
      >
        {(
          [
            ['/orders', w.orders],
            ['/wishlist', w.wishlist],
            ['/account', w.account],
          ] as const
        ).map(([to, title]) => (
          <li key={to}>
            <Link to={to}>{title}</Link>
          </li>
        ))}
        <li>
          <button type="button" onClick={signOut}>
            {kitWords.value.signOut}
          </button>
        </li>
      </Menu>
    </>
  )
}

export function Shell({ children }: { children: ComponentChildren }) {
  const w = words.value
  return (
    <div class="grid min-h-dvh grid-rows-[auto_1fr_auto]">
      <header class="sticky top-0 z-20 border-b border-line bg-card">
        <div class="page flex min-h-16 flex-wrap items-center gap-x-3 gap-y-2 py-2 sm:gap-x-4">
          <Link to="/" class="display text-base text-brand sm:text-2xl">
            {w.shop}
          </Link>
          <div class="order-last flex w-full min-w-0 sm:order-none sm:w-auto sm:flex-1">
            <SearchBox />
          </div>
          <nav aria-label={w.menu} class="ml-auto flex items-center gap-1 sm:gap-2 max-sm:[&_.button]:px-2">
            <Account />
            <Link to="/cart" class="button button-plain">
              {w.cart}
              <Count of={cart.value?.item_count ?? 0} label={w.piecesOf(cart.value?.item_count ?? 0)} />
            </Link>
          </nav>
        </div>
      </header>
      <Main>{children}</Main>
      <footer class="border-t border-line">
        <div class="page flex flex-wrap items-center justify-between gap-4 py-6 text-sm text-soft">
          <span>{w.footer}</span>
          <label class="flex items-center gap-2">
            <span class="whitespace-nowrap">{w.language}</span>
            <select class="control" value={language.value} onChange={event => chooseLanguage(event.currentTarget.value as Language)}>
              {Object.entries(languages).map(([tag, name]) => (
                <option key={tag} value={tag} lang={tag}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
      </footer>
    </div>
  )
}
