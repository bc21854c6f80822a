import type { ComponentChildren } from 'preact'
import { Link } from '../../kit/route'
import { person } from '../../kit/session'
import { SignIn } from '../../kit/sign-in'
import { registerFromHere } from '../then'
import { words } from '../words'

export function SignInLinks() {
  const w = words.value
  return (
    <p class="flex flex-wrap justify-between gap-3 text-sm">
      <Link to={registerFromHere()} class="link">
        {w.noAccount}
      </Link>
      <Link to="/reset-password" class="link">
        {w.forgot}
      </Link>
    </p>
  )
}

/** For who is signed in; a guest signs in here and stays on the page. The same when a session ends meanwhile. */
export function SignedIn({ children }: { children: ComponentChildren }) {
  if (person.value) return children
  return (
    <div class="grid justify-items-center py-4">
      <SignIn title={words.value.signInTitle}>
        <SignInLinks />
      </SignIn>
    </div>
  )
}
