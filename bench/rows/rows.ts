import type { ServiceName } from '#shared/platform'
import type { Row } from '../measure'
import type { Shop } from '../shop'

export interface Rows {
  /** Services without which there is nothing to measure. */
  needs: readonly ServiceName[]
  measure(shop: Shop): AsyncGenerator<Row>
}
