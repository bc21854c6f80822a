import { notFound } from '#shared/errors'
import { t } from '#shared/schema'
import { testClients, testHttp } from '#shared/testing'

/** The user service does not know this user any more. */
export const erasedUser = 9999

/** Plays the user and the product service, as far as notification asks them. */
export const testNeighbours = async () => {
  const [user, product] = await Promise.all([testHttp('user'), testHttp('product')])
  const people = new Map<number, { email?: string; full_name?: string; phone?: string | null; language?: string }>()
  const tokens = new Map<string, { user_id: number; kind: string; email: string; token: string }>()
  const warnings = new Map<string, string>()
  const admins = new Set<number>([1])
  const endedSessions = new Set<string>()
  const contactOf = (id: number) => {
    const { email = `user${id}@example.com`, full_name = `Person ${id}`, phone = null, language = 'en' } = people.get(id) ?? {}
    return { id, username: `u${id}`, email_verified: true, email, full_name, phone, language }
  }
  const users = user
    .http('/internal')
    .get('/users/admins', () => ({ items: [...admins].map(id => ({ id })) }), { public: true })
    .post('/users/contacts', ({ body }) => ({ items: body.ids.filter(id => id !== erasedUser).map(contactOf) }), {
      public: true,
      body: t.Object({ ids: t.Array(t.Integer()) }),
    })
    .post('/sessions/live', ({ body }) => ({ ids: body.ids.filter(id => !endedSessions.has(id)) }), {
      public: true,
      body: t.Object({ ids: t.Array(t.String()) }),
    })
    .get(
      '/tokens/:id',
      ({ params }) => {
        const found = tokens.get(params.id)
        if (!found) throw notFound('token')
        return { ...found, expires_at: '2026-12-01T10:00:00.000Z' }
      },
      { public: true },
    )
    .get(
      '/email-warnings/:id',
      ({ params }) => {
        const email = warnings.get(params.id)
        if (email === undefined) throw notFound('email_warning')
        return { email }
      },
      { public: true },
    )
  const products = product
    .http('/api/products')
    .post(
      '/batch',
      ({ body }) => ({ items: body.ids.map(id => ({ id, name: `Product ${id.slice(-2)}`, currency: 'USD' })), missing: [] }),
      { public: true, body: t.Object({ ids: t.Array(t.String()) }) },
    )
  // The fakes check no token: who may call the routes of a service is tested there.
  return {
    people,
    tokens,
    warnings,
    admins,
    endedSessions,
    ...(await testClients({ user: anonymous(users), product: anonymous(products) })),
  }
}

const anonymous = (app: { fetch(request: Request): Response | Promise<Response> }) => ({
  fetch(request: Request) {
    request.headers.delete('authorization')
    return app.fetch(request)
  },
})
