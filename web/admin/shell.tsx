import type { ComponentChildren } from 'preact'
import { Button } from '../kit/button'
import { kitWords } from '../kit/kit-words'
import { Notice } from '../kit/notice'
import { Link } from '../kit/route'
import { person, signOut } from '../kit/session'
import { SignIn } from '../kit/sign-in'
import { Main } from '../kit/site'

export function Shell({ children }: { children: ComponentChildren }) {
  const someone = person.value
  return (
    <div class="grid min-h-dvh grid-rows-[auto_1fr]">
      <header class="border-b border-line bg-card">
        <div class="page flex min-h-14 flex-wrap items-center justify-between gap-4 py-2">
          <Link to="/" class="text-lg font-bold text-brand">
            Shop admin
          </Link>
          {someone && (
            <span class="flex items-center gap-3">
              <span class="text-sm text-soft">{someone.email}</span>
              <Button small onClick={signOut}>
                {kitWords.value.signOut}
              </Button>
            </span>
          )}
        </div>
      </header>
      <Main>
        {someone?.role === 'admin' ? (
          children
        ) : someone ? (
          <Notice tone="warn" title="This is for administrators.">
            <p>You are signed in as {someone.email}. Sign out, and sign in with an administrator's account.</p>
          </Notice>
        ) : (
          <div class="grid justify-items-center py-10">
            <SignIn title="Shop admin" />
          </div>
        )}
      </Main>
    </div>
  )
}
