import type { Mongo } from '#shared/mongo'
import type { SampleClients } from '../mysql/clients'
import { saveSample } from '../mysql/save'
import { sampleRepository } from './repository'

interface Ports {
  mongo: Mongo
  clients: SampleClients
}

export const compose = ({ mongo, clients }: Ports) => {
  const samples = sampleRepository(mongo)
  return { samples, save: saveSample({ samples, clients }) }
}
export type SampleService = ReturnType<typeof compose>
