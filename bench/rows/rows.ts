import type { ServiceName } from '#shared/platform'
import type { Row } from '../measure'
import type { Shop } from '../shop'

export interface Rows {
  /** The services that must be released for these rows. */
  needs: readonly ServiceName[]
  measure(shop: Shop): AsyncGenerator<Row>
}
