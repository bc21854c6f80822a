import { kitWords } from '../../kit/kit-words'
import { go, query } from '../../kit/route'
import { SignIn } from '../../kit/sign-in'
import { titled } from '../../kit/site'
import { words } from '../words'

export default function SignInPage() {
  titled(kitWords.value.signIn, words.value.shop)
  return (
    <div class="grid justify-items-center py-8">
      <SignIn title={kitWords.value.signIn} onDone={() => go(query.value.get('then') ?? '/', { replace: true })} />
    </div>
  )
}
