import { go } from '../../kit/route'
import { titled } from '../../kit/site'
import { Register } from '../parts/register'
import { afterSignIn } from '../then'
import { words } from '../words'

export default function RegisterPage() {
  const w = words.value
  titled(w.openAccount, w.shop)
  return (
    <div class="grid justify-items-center py-8">
      <h1 class="sr-only">{w.openAccount}</h1>
      <Register onDone={() => go(afterSignIn(), { replace: true })} />
    </div>
  )
}
