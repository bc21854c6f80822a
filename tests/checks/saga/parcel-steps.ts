import type { Status } from '#services/shipping/domain'
import type { Line } from '#services/shipping/domain-lines'
import { type Life, type Mail, type Model, refuses, type Step, send, sku, type World } from './world'

/** What shipping and its carriers do. */

type Parcel = Life['parcels'][number]

const tell = (life: Life, { id, version, status, lines }: Parcel): void => {
  const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  send(life, {
    to: 'order',
    name: `parcel ${id} v${version} is ${status} with ${pieces}`,
    fact: { kind: 'shipment', id, version, status, lines },
  })
}
const replace = (life: Life, before: Parcel, changed: Partial<Parcel>): Parcel => {
  const after = { ...before, ...changed, version: before.version + 1 }
  life.parcels = life.parcels.map(one => (one.id === after.id ? after : one))
  tell(life, after)
  return after
}
const changeStatus = (life: Life, before: Parcel, status: Status): Parcel =>
  replace(life, before, { status, pickedUp: before.pickedUp || status === 'picked_up' })
const add = (life: Life, lines: readonly Line[]): void => {
  const parcel = { id: life.parcels.length + 1, version: 1, status: 'created', pickedUp: false, lines } as const
  life.parcels = [...life.parcels, parcel]
  tell(life, parcel)
}
const voidAll = ({ decide }: Model, life: Life, terms: { refusePickedUp: boolean }): void => {
  for (const parcel of decide.parcelsToVoid(life.parcels, terms)) changeStatus(life, parcel, 'voided')
  life.packing = { ...life.packing, voided: true }
}

/**
 * Shipping asks order before it packs, and what it heard may be out of date by then. So the model packs whatever the order's status is: more
 * than can happen, and still right.
 */
export const ship = (model: Model, life: Life, mail: Extract<Mail, { to: 'shipping' }>): void => {
  if ('cancelled' in mail) {
    voidAll(model, life, { refusePickedUp: false })
    return
  }
  const packed = model.decide.firstParcels(life.packing, mail.committed)
  if (!packed) return
  life.packing = { ...life.packing, lines: packed.lines }
  for (const lines of packed.parcels) add(life, lines)
}

const pack = ({ decide }: Model, life: Life, pieces?: number): void => {
  const lines = pieces === undefined ? undefined : [{ product_id: 'p', sku, quantity: pieces }]
  const packed = decide.packLines(decide.linesToPack(life.packing), life.parcels, { lines })
  for (const { parcel, lines: rest } of packed.repacked) {
    if (rest.length > 0) replace(life, parcel, { lines: rest })
    else changeStatus(life, parcel, 'voided')
  }
  add(life, packed.lines)
}

export const parcelSteps = (model: Model, { left }: World, life: Life): Step[] => {
  const { plan, decide } = model
  const steps: Step[] = []
  const may = (text: string, take: Step['take'], isOptional = false) => steps.push({ text, isOptional, take })

  if (life.order.cancelling === 'asking')
    may('order asks shipping to stop the parcels', (_, one) => {
      const refused = refuses(() => voidAll(model, one, { refusePickedUp: true }))
      one.order = { ...one.order, cancelling: refused ? 'refused' : 'voided' }
    })
  for (const parcel of life.parcels) {
    for (const reported of plan.carrier) {
      const way = decide.stepsUpTo(parcel, reported)
      if (way.length > 0)
        may(`the carrier reports that parcel ${parcel.id} is ${reported}`, (_, one) => {
          let current = parcel
          for (const status of way) current = changeStatus(one, current, status)
        })
    }
    if (!refuses(() => decide.requireLegalStep(parcel, 'picked_up')))
      may(`an admin records that parcel ${parcel.id} is picked_up`, (_, one) => changeStatus(one, parcel, 'picked_up'))
    if (left.packingFailures > 0 && !parcel.pickedUp && !refuses(() => decide.requireLegalStep(parcel, 'failed')))
      may(
        `parcel ${parcel.id} cannot be handed over`,
        (world, one) => {
          world.left = { ...world.left, packingFailures: world.left.packingFailures - 1 }
          changeStatus(one, parcel, 'failed')
        },
        true,
      )
  }
  if (life.parcels.length > 0 && life.parcels.length < 4 && !refuses(() => pack(model, { ...life })))
    may('an admin packs what is in no parcel', (_, one) => pack(model, one))
  if (left.splits > 0 && !refuses(() => pack(model, { ...life }, 1)))
    may(
      'an admin packs one piece in a parcel of its own',
      (world, one) => {
        world.left = { ...world.left, splits: world.left.splits - 1 }
        pack(model, one, 1)
      },
      true,
    )
  return steps
}
