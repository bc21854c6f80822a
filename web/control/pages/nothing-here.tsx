import { Empty } from '../../kit/card'
import { Link } from '../../kit/route'
import { titled } from '../../kit/site'

export default function NothingHere() {
  titled('Nothing here', 'Control room')
  return (
    <>
      <h1 class="sr-only">Nothing here</h1>
      <Empty
        title="There is nothing here"
        action={
          <Link to="/" class="button button-main">
            To the start page
          </Link>
        }
      >
        The address may have a mistake, or what was here is gone.
      </Empty>
    </>
  )
}
