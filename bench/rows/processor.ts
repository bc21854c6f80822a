import { released, type ServiceName } from '#shared/platform'
import { processorMs } from '../../scripts/processes'
import { load } from '../load'
import { median, type Row, within } from '../measure'
import { processorTimes, type Shop, sampleProduct, spentSince, stockedProducts } from '../shop'
import { orderBook, orderServices, placing } from './orders'
import type { Rows } from './rows'

/** Processor time of all services for one request or order, less what they use when idle; the median of three rounds. */
const processorMsOfEach = async (shop: Shop, work: () => Promise<number>) => {
  const { services } = shop.pids()
  const used = async (doing: () => Promise<number>) => {
    const [before, began] = [processorMs(services), performance.now()]
    const times = await doing()
    return { ms: processorMs(services) - before, seconds: (performance.now() - began) / 1000, times }
  }
  await work()
  const idle = await used(async () => {
    await Bun.sleep(3000)
    return 0
  })
  const rounds: number[] = []
  for (let round = 0; round < 3; round++) {
    const busy = await used(work)
    rounds.push((busy.ms - (idle.ms / idle.seconds) * busy.seconds) / busy.times)
  }
  return median(rounds)
}

export const processor: Rows = {
  needs: [],
  async *measure(shop): AsyncGenerator<Row> {
    const product = async () => {
      const options = { headers: { 'x-cart-id': 'bench' }, connections: 8, seconds: 3 }
      return (await load(`${shop.gateway}/api/products/${sampleProduct}`, options)).requests
    }
    const costs = 'the MongoDB driver, then Elysia with the kernel’s hooks'
    yield within(0.2, { what: 'processor time of a product by id, past the cache', ours: await processorMsOfEach(shop, product), costs })

    if (!orderServices.every((name: ServiceName) => released.some(one => one === name))) return
    const token = await shop.customer()
    const products = await stockedProducts(shop, await shop.admin())
    const book = await orderBook(shop)
    let spent = ''
    const order = async () => {
      const [used, before] = [processorTimes(shop), await book.count()]
      await load(`${shop.gateway}/api/orders`, { ...placing(products, token), connections: 8, perSecond: 50, seconds: 5 })
      await book.settled()
      const count = (await book.count()) - before
      spent = spentSince(shop, used, count)
      return count
    }
    const ours = await processorMsOfEach(shop, order)
    yield within(6, { what: 'processor time of an order, over all services', ours, costs: `for an order, ${spent}` })
    await book.close()
  },
}
