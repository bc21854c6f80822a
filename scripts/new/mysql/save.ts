import type { SampleClients } from './clients'
import type { SampleRepository } from './repository'

interface Ports {
  samples: Pick<SampleRepository, 'save'>
  clients: SampleClients
}

export const saveSample =
  ({ samples, clients }: Ports) =>
  async (userId: number, productId: string, note: string) => {
    await clients.requireProduct(productId)
    return samples.save(userId, productId, note)
  }
