import type { ComponentChildren } from 'preact'
import { Button } from '../kit/button'
import { kitWords } from '../kit/kit-words'
import { Notice } from '../kit/notice'
import { Link } from '../kit/route'
import { person, signOut } from '../kit/session'
import { SignIn } from '../kit/sign-in'
import { Main } from '../kit/site'

const pages = [
  ['/', 'Overview'],
  ['/orders', 'Orders'],
  ['/returns', 'Returns'],
  ['/products', 'Products'],
  ['/stock', 'Stock'],
  ['/campaigns', 'Campaigns'],
  ['/shipping', 'Shipping'],
  ['/tax', 'Tax'],
  ['/reviews', 'Reviews'],
  ['/users', 'Users'],
  ['/deliveries', 'Messages'],
  ['/audit', 'Audit log'],
] as const

function Menu() {
  return (
    <nav aria-label="Admin" class="flex gap-1 overflow-x-auto lg:flex-col">
      {pages.map(([to, title]) => (
        <Link
          key={to}
          to={to}
          section={to !== '/'}
          class="rounded-control px-3 py-2 font-semibold whitespace-nowrap text-soft hover:bg-sunken aria-[current=page]:bg-brand-wash aria-[current=page]:text-brand"
        >
          {title}
        </Link>
      ))}
    </nav>
  )
}

export function Shell({ children }: { children: ComponentChildren }) {
  const someone = person.value
  return (
    <div class="grid min-h-dvh grid-rows-[auto_1fr]">
      <header class="border-b border-line bg-card">
        <div class="page flex min-h-14 flex-wrap items-center justify-between gap-4 py-2">
          <Link to="/" class="text-lg font-bold text-brand">
            Shop admin
          </Link>
          <span class="flex items-center gap-3">
            <a href="/" class="button button-quiet button-small">
              Shop
            </a>
            <a href="/control" class="button button-quiet button-small">
              Control room
            </a>
            {someone && (
              <Button small onClick={signOut}>
                {kitWords.value.signOut}
              </Button>
            )}
          </span>
        </div>
      </header>
      {someone?.role === 'admin' ? (
        <div class="page grid content-start gap-6 py-6 lg:grid-cols-[11rem_1fr]">
          <Menu />
          <Main class="min-w-0">{children}</Main>
        </div>
      ) : (
        <Main>
          {someone ? (
            <Notice tone="warn" title="This is for administrators.">
              <p>You are signed in as {someone.email}. Sign out, and sign in with an administrator's account.</p>
            </Notice>
          ) : (
            <div class="grid justify-items-center py-10">
              <SignIn title="Shop admin" />
            </div>
          )}
        </Main>
      )}
    </div>
  )
}
