import type { Http } from '#shared/http'
import { eventStream, eventStreamDetail } from '#shared/live-streams'
import { IdParam } from '#shared/schema'
import type { ControlRoom } from './compose'
import { HistoryQuery, HistoryView, OverviewView, QueuesView, StoryView } from './control-model'
import { idFromHeader } from './live-feed'
import { deadLetterView } from './model'

/** What the control room shows. Each route is for administrators alone. */
export const controlRoutes = ({ http, overview, history, queues, live, story }: ControlRoom & { http: Http }) =>
  http('/api/discovery')
    .get('/overview', async () => ({ ...(await overview()), checked_at: new Date().toISOString() }), {
      auth: 'admin',
      response: { 200: OverviewView },
      detail: {
        operationId: 'getOverview',
        summary: 'Every service and instance: health, rates, latencies, processor, memory and outbox',
        description: 'The figures come from a sample every 5 seconds while somebody asks, and every 30 seconds otherwise.',
      },
    })
    .get('/history', ({ query }) => history(query), {
      auth: 'admin',
      query: HistoryQuery,
      response: { 200: HistoryView },
      detail: { operationId: 'getHistory', summary: 'The figures of each service in the last hour, as series for a plot' },
    })
    .get(
      '/queues',
      async () => {
        const { checkedAt, queues: found } = await queues()
        return { checked_at: checkedAt.toISOString(), queues: found }
      },
      {
        auth: 'admin',
        response: { 200: QueuesView },
        detail: { operationId: 'listQueues', summary: 'Every queue of the broker: what waits, who receives, and how fast' },
      },
    )
    .get(
      '/stream',
      async ({ user, headers, request }) =>
        eventStream(request.method === 'HEAD' ? null : await live.open({ user, after: idFromHeader(headers['last-event-id']) })),
      {
        auth: 'admin',
        problems: ['too_many_streams'],
        detail: {
          ...eventStreamDetail('Server-sent events: what happened, with ids, types, states and times alone'),
          operationId: 'streamEvents',
          summary: 'What happens, as it happens',
          description:
            'With `Last-Event-ID`, the stream begins after that event, if it is one of the last 2000 and no older than an hour; otherwise with what ' +
            'happens from now on. Events of which nobody watched are not kept. A comment every 15 seconds keeps it alive; it ends with the access token.',
        },
      },
    )
    .get(
      '/orders/:id',
      async ({ params: { id } }) => {
        const now = new Date()
        const { dead_letters, ...known } = await story(id)
        return { order_id: id, ...known, dead_letters: dead_letters.map(letter => deadLetterView(letter, now)) }
      },
      {
        auth: 'admin',
        params: IdParam,
        response: { 200: StoryView },
        detail: {
          operationId: 'getOrderStory',
          summary: 'What other services know of an order, and its messages that were given up',
          description:
            'The rest of its story is in its own timeline, payments and shipments. An order that nobody knows has an empty one; a part that could ' +
            'not be had is null and named in `unanswered`.',
        },
      },
    )
