import type { Redis } from '#shared/redis'
import type { SampleClients } from '../mysql/clients'
import { saveSample } from '../mysql/save'
import { sampleRepository } from './repository'

interface Ports {
  redis: Redis
  clients: SampleClients
}

export const compose = ({ redis, clients }: Ports) => {
  const samples = sampleRepository(redis)
  return { samples, save: saveSample({ samples, clients }) }
}
export type SampleService = ReturnType<typeof compose>
