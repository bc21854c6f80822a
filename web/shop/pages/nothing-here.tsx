import { Empty } from '../../kit/card'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'
import { words } from '../words'

export default function NothingHere() {
  const w = words.value
  titled(w.nothingHere, w.shop)
  return (
    <>
      <h1 class="sr-only">{w.nothingHere}</h1>
      <Empty
        title={w.nothingHere}
        action={
          <Link to="/" class="button button-main">
            {w.toStart}
          </Link>
        }
      >
        {w.nothingHereHint}
      </Empty>
    </>
  )
}
