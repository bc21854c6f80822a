import { Empty } from './card'
import { kitWords } from './kit-words'
import { Link } from './route'
import { titled } from './site'

/** The page of an address where nothing is, or where the reader may not look. */
export function NothingHere({ site }: { site: string }) {
  const words = kitWords.value
  titled(words.nothingHere, site)
  return (
    <>
      <h1 class="sr-only">{words.nothingHere}</h1>
      <Empty
        title={words.nothingHere}
        action={
          <Link to="/" class="button button-main">
            {words.toStart}
          </Link>
        }
      >
        {words.nothingHereHint}
      </Empty>
    </>
  )
}
