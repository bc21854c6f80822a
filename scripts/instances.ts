import { released, type ServiceName } from '#shared/platform'

export type Instances = Partial<Record<ServiceName, number>>

/** How many of which services are wanted, as in `order=2,cart=3`. Throws an error that shows the form if the text says anything else. */
export const instancesFrom = (text: string): Instances => Object.fromEntries(text.split(',').filter(Boolean).map(countOf))

const countOf = (pair: string): [ServiceName, number] => {
  const [, name, count] = /^([\w-]+)=([1-9]\d?)$/.exec(pair.trim()) ?? []
  if (!count) throw new Error(`--instances cannot be read at "${pair}": write a service and a number from 1 to 99, as in ${example}`)
  const service = released.find(one => one === name)
  if (!service) throw new Error(`--instances names no service by "${name}": ${released.join(', ')} are services, as in ${example}`)
  return [service, Number(count)]
}

const example = '--instances order=2,cart=3'
