import { notFound } from '#shared/errors'
import { testClients, testHttp } from '#shared/testing'

export const missingProduct = 'f'.repeat(24)

/** Plays the product service, whose catalog has every product but `missingProduct`. */
export const testProducts = async () => {
  const { http } = await testHttp('product')
  const app = http('/api/products').get(
    '/:id',
    ({ params: { id } }) => {
      if (id === missingProduct) throw notFound('product')
      return { id }
    },
    { public: true },
  )
  return testClients({ product: app })
}
