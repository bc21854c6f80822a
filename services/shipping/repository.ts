import { maySee } from '#shared/auth'
import { notFound } from '#shared/errors'
import type { Page, PageQuery } from '#shared/page'
import { pageNewestFirst } from '#shared/sql'
import type { ShipmentRow, ShippingSql, StepRow } from './database'
import type { Status } from './domain'

type Viewer = { id: number; role: string }
type Filter = PageQuery & { order_id?: number | undefined; status?: Status | undefined }

export interface ShipmentHistory {
  row: ShipmentRow
  steps: StepRow[]
}

/** Shipments as they are shown; `shipments.ts` changes them. */
export const shipmentRepository = ({ db }: Pick<ShippingSql, 'db'>) => {
  const stepsOf = (shipmentId: number): Promise<StepRow[]> =>
    db.selectFrom('shipment_steps').selectAll().where('shipment_id', '=', shipmentId).orderBy('version').execute()

  /** Another user's shipment is not found, as if it did not exist. */
  const get = async (viewer: Viewer, id: number): Promise<ShipmentRow> => {
    const row = await db.selectFrom('shipments').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row || !maySee(viewer, row.user_id)) throw notFound('shipment')
    return row
  }

  return {
    get,

    /** Newest first. */
    list(viewer: Viewer, { order_id, status, ...query }: Filter): Promise<Page<ShipmentRow>> {
      let filtered = db.selectFrom('shipments')
      if (viewer.role !== 'admin') filtered = filtered.where('user_id', '=', viewer.id)
      if (order_id !== undefined) filtered = filtered.where('order_id', '=', order_id)
      if (status !== undefined) filtered = filtered.where('status', '=', status)
      return pageNewestFirst(db, filtered.selectAll(), query)
    },

    async withSteps(viewer: Viewer, id: number): Promise<ShipmentHistory> {
      const [row, steps] = await Promise.all([get(viewer, id), stepsOf(id)])
      return { row, steps }
    },

    async byTrackingNumber(trackingNumber: string): Promise<ShipmentHistory> {
      const row = await db.selectFrom('shipments').selectAll().where('tracking_number', '=', trackingNumber).executeTakeFirst()
      if (!row) throw notFound('shipment')
      return { row, steps: await stepsOf(row.id) }
    },
  }
}
export type Shipments = ReturnType<typeof shipmentRepository>
