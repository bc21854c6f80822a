interface Queue {
  kind: string
  service?: string
  types: readonly string[]
}

/**
 * Adds to each queue that a service receives from how many of its messages are handled in a second. Services count by type: of a type that
 * comes from several queues, such as `admin.acted`, it is not known from which, and the rate is null.
 */
export const queueRates = <Q extends Queue>(
  queues: readonly Q[],
  handled: Record<string, Record<string, number>>,
): (Q & { handled: number | null })[] => {
  const isReceived = ({ kind }: Queue) => kind === 'events' || kind === 'timer'
  const sources = new Map<string, number>()
  for (const { kind, service, types } of queues)
    if (isReceived({ kind, types }))
      for (const type of types) sources.set(`${service} ${type}`, (sources.get(`${service} ${type}`) ?? 0) + 1)
  return queues.map(queue => {
    const { service = '', types } = queue
    if (!isReceived(queue)) return { ...queue, handled: null }
    const clear = types.filter(type => sources.get(`${service} ${type}`) === 1)
    return { ...queue, handled: clear.length > 0 ? clear.reduce((sum, type) => sum + (handled[service]?.[type] ?? 0), 0) : null }
  })
}
