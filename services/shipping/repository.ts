import { notFound } from '#shared/errors'
import { cursorAfter, decodeCursor, type Page, type PageQuery } from '#shared/page'
import { t } from '#shared/schema'
import { countCapped } from '#shared/sql'
import type { ShipmentRow, ShippingSql, StepRow } from './database'
import type { Status } from './domain'

const byNumber = t.Tuple([t.Integer({ minimum: 0 })])

type Viewer = { id: number; role: string }
type Filter = PageQuery & { order_id?: number | undefined; status?: Status | undefined }

/** What is shown of parcels. */
export const shipmentRepository = ({ db }: Pick<ShippingSql, 'db'>) => {
  const stepsOf = (shipmentId: number): Promise<StepRow[]> =>
    db.selectFrom('shipment_steps').selectAll().where('shipment_id', '=', shipmentId).orderBy('version').execute()

  /** Somebody else's parcel is as good as none. */
  const visible = async (viewer: Viewer, id: number): Promise<ShipmentRow> => {
    const row = await db.selectFrom('shipments').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row || (viewer.role !== 'admin' && row.user_id !== viewer.id)) throw notFound('shipment')
    return row
  }

  return {
    visible,

    /** Newest first. */
    async list(viewer: Viewer, { skip, limit, cursor, order_id, status }: Filter): Promise<Page<ShipmentRow>> {
      let filtered = db.selectFrom('shipments')
      if (viewer.role !== 'admin') filtered = filtered.where('user_id', '=', viewer.id)
      if (order_id !== undefined) filtered = filtered.where('order_id', '=', order_id)
      if (status !== undefined) filtered = filtered.where('status', '=', status)
      const ordered = filtered.selectAll().orderBy('id', 'desc').limit(limit)
      const [items, total] = await Promise.all([
        (cursor === undefined ? ordered.offset(skip) : ordered.where('id', '<', decodeCursor(cursor, byNumber)[0])).execute(),
        countCapped(db, filtered),
      ])
      return { items, total, nextCursor: cursorAfter(items, limit, ({ id }) => [id]) }
    },

    async one(viewer: Viewer, id: number): Promise<{ row: ShipmentRow; steps: StepRow[] }> {
      const [row, steps] = await Promise.all([visible(viewer, id), stepsOf(id)])
      return { row, steps }
    },

    async tracked(trackingNumber: string): Promise<{ row: ShipmentRow; steps: StepRow[] }> {
      const row = await db.selectFrom('shipments').selectAll().where('tracking_number', '=', trackingNumber).executeTakeFirst()
      if (!row) throw notFound('shipment')
      return { row, steps: await stepsOf(row.id) }
    },
  }
}
export type Shipments = ReturnType<typeof shipmentRepository>
