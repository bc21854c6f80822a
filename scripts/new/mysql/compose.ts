import type { SampleClients } from './clients'
import type { SampleSql } from './database'
import { sampleRepository } from './repository'
import { saveSample } from './save'

interface Ports {
  sql: SampleSql
  clients: SampleClients
}

export const compose = ({ sql, clients }: Ports) => {
  const samples = sampleRepository(sql)
  return { samples, save: saveSample({ samples, clients }) }
}
export type SampleService = ReturnType<typeof compose>
