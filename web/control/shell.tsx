import type { ComponentChildren } from 'preact'
import { Button } from '../kit/button'
import { kitWords } from '../kit/kit-words'
import { Notice } from '../kit/notice'
import { Link } from '../kit/route'
import { person, signOut } from '../kit/session'
import { SignIn } from '../kit/sign-in'
import { Main } from '../kit/site'
import { followEvents, live, paused, resume } from './live'

followEvents()

const places = [
  ['/', 'Overview'],
  ['/live', 'Live orders'],
  ['/queues', 'Queues'],
  ['/dead-letters', 'Dead letters'],
  ['/drift', 'Drift'],
  ['/history', 'Last hour'],
] as const

function PauseButton() {
  const now = paused.value
  return (
    <Button
      small
      onClick={() => {
        if (now) resume()
        else paused.value = true
      }}
    >
      <span aria-hidden="true">{now ? '▶' : '❚❚'}</span>
      {now ? 'Continue' : 'Pause'}
    </Button>
  )
}

/** Whether what is shown is of this moment. */
function LiveMark() {
  const state = paused.value ? ['warn', 'Paused'] : live.value ? ['good', 'Live'] : ['bad', 'Connecting …']
  return (
    <span class={`badge tone-${state[0]}`} role="status">
      <span aria-hidden="true" class="size-1.5 rounded-full bg-current" />
      {state[1]}
    </span>
  )
}

export function Shell({ children }: { children: ComponentChildren }) {
  const someone = person.value
  const isAdmin = someone?.role === 'admin'
  return (
    <div class="grid min-h-dvh grid-rows-[auto_1fr]">
      <header class="border-b border-line bg-card">
        <div class="page flex min-h-14 flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2">
          <Link to="/" class="text-lg font-bold text-brand">
            Control room
          </Link>
          {someone && (
            <span class="flex flex-wrap items-center gap-3">
              {isAdmin && <LiveMark />}
              {isAdmin && <PauseButton />}
              <span class="text-sm text-soft max-sm:hidden">{someone.email}</span>
              <Button small onClick={signOut}>
                {kitWords.value.signOut}
              </Button>
            </span>
          )}
        </div>
        {isAdmin && (
          <nav class="page flex flex-wrap gap-x-1 pb-1" aria-label="Control room">
            {places.map(([to, title]) => (
              <Link
                key={to}
                to={to}
                section={to !== '/'}
                class="rounded-control px-3 py-2 text-sm font-semibold text-soft hover:text-ink aria-[current=page]:bg-brand-wash aria-[current=page]:text-brand"
              >
                {title}
              </Link>
            ))}
          </nav>
        )}
      </header>
      <Main>
        {isAdmin ? (
          children
        ) : someone ? (
          <Notice tone="warn" title="This is for administrators.">
            <p>You are signed in as {someone.email}. Sign out, and sign in with an administrator's account.</p>
          </Notice>
        ) : (
          <div class="grid justify-items-center py-10">
            <SignIn title="Control room" />
          </div>
        )}
      </Main>
    </div>
  )
}
