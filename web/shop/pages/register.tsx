import { go, query } from '../../kit/route'
import { titled } from '../../kit/site'
import { Register } from '../parts/register'
import { words } from '../words'

export default function RegisterPage() {
  const w = words.value
  titled(w.openAccount, w.shop)
  return (
    <div class="grid justify-items-center py-8">
      <h1 class="sr-only">{w.openAccount}</h1>
      <Register onDone={() => go(inShop(query.value.get('then')), { replace: true })} />
    </div>
  )
}

/** Only an address of this shop: a link must not lead elsewhere after signing in. */
export const inShop = (to: string | null) => (to?.startsWith('/') && !to.startsWith('//') ? to : '/')
