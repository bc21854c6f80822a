import { closed, t } from '../schema'
import { runService } from '../service'

const until = (listen: (end: () => void) => void) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue('begun')
      listen(() => controller.close())
    },
  })

/** A minimal service. service.test.ts runs it as a process of its own, as the launcher runs the others. */
await runService('favourite', async ({ http, redis, config, sql, onDrain }) => {
  const store = config.optional('MYSQL_URL') ? await sql<object>({}) : undefined
  const shown = (summary: string) => ({ public: true as const, response: { 200: t.Object({ ok: t.Boolean() }) }, detail: { summary } })
  return http('/api/favourites')
    .get('/fast', () => ({ ok: true }), shown('At once'))
    .get('/slow', () => Bun.sleep(700).then(() => ({ ok: true })), shown('After a while'))
    .get('/endless', () => new Response(until(onDrain)), { public: true, detail: { summary: 'Until the service stops' } })
    .get('/cached', () => redis.client.get(redis.key('nothing')).then(() => ({ ok: true })), shown('Asks Redis'))
    .get('/stored', async () => ({ ok: (await store?.ping()) === undefined }), shown('Asks MySQL'))
    .post('/', () => ({ ok: true }), { ...shown('Takes a name'), body: closed({ name: t.String({ maxLength: 10 }) }) })
})
