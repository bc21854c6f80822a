import { go } from '../../kit/route'
import { SignIn } from '../../kit/sign-in'
import { titled } from '../../kit/site'
import { SignInLinks } from '../parts/signed-in'
import { afterSignIn } from '../then'
import { words } from '../words'

export default function SignInPage() {
  const w = words.value
  titled(w.signInTitle, w.shop)
  return (
    <div class="grid justify-items-center py-8">
      <SignIn title={w.signInTitle} onDone={() => go(afterSignIn(), { replace: true })}>
        <SignInLinks />
      </SignIn>
    </div>
  )
}
