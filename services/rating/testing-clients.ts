import { t } from '#shared/schema'
import { testClients, testHttp } from '#shared/testing'

export const missingProduct = 'f'.repeat(24)

/** Plays the product service, as far as rating asks it. Its catalog has every product but `missingProduct`. */
export const testProducts = async () => {
  const { http } = await testHttp('product')
  const app = http('/api/products').post(
    '/batch',
    ({ body: { ids } }) => ({
      items: ids.filter(id => id !== missingProduct).map(id => ({ id })),
      missing: ids.filter(id => id === missingProduct),
    }),
    { public: true, body: t.Object({ ids: t.Array(t.String()) }) },
  )
  return testClients({ product: app })
}
