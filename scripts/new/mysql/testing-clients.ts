import { notFound } from '#shared/errors'
import { t } from '#shared/schema'
import { testClients, testHttp } from '#shared/testing'

export const missingProduct = 'f'.repeat(24)

/** Plays the product service, as far as a service usually asks it. Its catalog has every product but `missingProduct`. */
export const testProducts = async () => {
  const { http } = await testHttp('product')
  const productOf = (id: string) => ({ id, name: `Product ${id}`, price: 12.5, currency: 'USD', status: 'active' })
  const isMissing = (id: string) => id === missingProduct
  const app = http('/api/products')
    .get(
      '/:id',
      ({ params: { id } }) => {
        if (isMissing(id)) throw notFound('product')
        return productOf(id)
      },
      { public: true },
    )
    .post('/batch', ({ body: { ids } }) => ({ items: ids.filter(id => !isMissing(id)).map(productOf), missing: ids.filter(isMissing) }), {
      public: true,
      body: t.Object({ ids: t.Array(t.String()) }),
    })
  return testClients({ product: app })
}
