interface Parcel {
  status: string
  carrier: string
  ready_at: string | null
}
interface Step {
  status: string
  at: string
}

/** What the words for a parcel call its state. A parcel that its buyer collects waits for no carrier: it is being packed until it is ready. */
export const parcelState = ({ status, carrier, ready_at }: Parcel): string =>
  status !== 'created' || carrier !== 'pickup' ? status : ready_at === null ? 'packing' : 'ready'

/** Its steps under these names, oldest first. */
export const parcelSteps = ({ carrier, ready_at, events }: Omit<Parcel, 'status'> & { events: readonly Step[] }): Step[] =>
  events.flatMap(({ status, at }) => {
    const step = { status: parcelState({ status, carrier, ready_at: null }), at }
    return status === 'created' && ready_at !== null ? [step, { status: 'ready', at: ready_at }] : [step]
  })
