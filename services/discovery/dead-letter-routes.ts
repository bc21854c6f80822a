import type { DeadLetters } from '#shared/bus'
import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import { isMeant } from './domain'
import {
  BulkQuery,
  BulkRemovalView,
  BulkReplayView,
  DeadLetterParam,
  DeadLetterQueueParam,
  DeadLettersView,
  deadLetterView,
  LettersQuery,
  ReplayView,
  WholeDeadLetterView,
} from './model'

export const deadLetterRoutes = ({ http, deadLetters }: { http: Http; deadLetters: DeadLetters }) =>
  http('/api/discovery')
    .get(
      '/dead-letters',
      async ({ query }) => {
        const now = new Date()
        const { queue: only, limit, ...filter } = query
        const queues = await deadLetters.list({ queue: only, limit, matches: isMeant(filter) })
        return { queues: queues.map(({ queue, count, items }) => ({ queue, count, items: items.map(item => deadLetterView(item, now)) })) }
      },
      {
        auth: 'admin',
        query: LettersQuery,
        response: { 200: DeadLettersView },
        detail: {
          operationId: 'listDeadLetters',
          summary: 'Messages that could not be handled: the oldest of each queue, with reason and age',
        },
      },
    )
    .get(
      '/dead-letters/:queue/:id',
      async ({ params: { queue, id } }) => {
        const found = await deadLetters.get(queue, id)
        if (!found) throw notFound('dead_letter')
        const { exchange, routing_key, body } = found
        return { ...deadLetterView(found, new Date()), exchange, routing_key, body }
      },
      {
        auth: 'admin',
        params: DeadLetterParam,
        response: { 200: WholeDeadLetterView },
        problems: ['dead_letter_not_found'],
        detail: { operationId: 'getDeadLetter', summary: 'One dead letter with its body' },
      },
    )
    .post(
      '/dead-letters/:queue/:id/replay',
      async ({ params: { queue, id } }) => {
        if (!(await deadLetters.replay(queue, id))) throw notFound('dead_letter')
        return { replayed: true as const }
      },
      {
        auth: 'admin',
        params: DeadLetterParam,
        response: { 200: ReplayView },
        problems: ['dead_letter_not_found', 'dead_letters_busy', 'replay_refused'],
        repeats: 'finds that the message is gone (404)',
        detail: { operationId: 'replayDeadLetter', summary: 'Put a message back into its queue, where it gets all of its attempts again' },
      },
    )
    .post(
      '/dead-letters/:queue/replay',
      async ({ params: { queue }, query: { limit, ...filter } }) => {
        const result = await deadLetters.replayAll(queue, limit, isMeant(filter))
        if (!result) throw notFound('queue')
        return { replayed: result.done, left: result.left }
      },
      {
        auth: 'admin',
        params: DeadLetterQueueParam,
        query: BulkQuery,
        response: { 200: BulkReplayView },
        problems: ['queue_not_found', 'dead_letters_busy', 'replay_refused'],
        repeats: 'puts back what is left',
        detail: {
          operationId: 'replayDeadLetters',
          summary: 'Put the oldest dead letters of a queue back into it',
          description:
            'At most `limit` of those that match, and for five seconds at most: repeat it while some are left. A message that fails again is among those left.',
        },
      },
    )
    .delete(
      '/dead-letters/:queue',
      async ({ params: { queue }, query: { limit, ...filter } }) => {
        const result = await deadLetters.removeAll(queue, limit, isMeant(filter))
        if (!result) throw notFound('queue')
        return { removed: result.done, left: result.left }
      },
      {
        auth: 'admin',
        params: DeadLetterQueueParam,
        query: BulkQuery,
        response: { 200: BulkRemovalView },
        problems: ['queue_not_found', 'dead_letters_busy'],
        detail: {
          operationId: 'deleteDeadLetters',
          summary: 'Delete the oldest dead letters of a queue',
          description:
            'At most `limit` of those that match, and for five seconds at most. What they told is then done by nobody: replay them if in doubt. ' +
            'Unlike other deletions it answers 200 and a body: how many are left says whether to repeat it.',
        },
      },
    )
    .delete(
      '/dead-letters/:queue/:id',
      async ({ params: { queue, id }, set }) => {
        if (!(await deadLetters.remove(queue, id))) throw notFound('dead_letter')
        set.status = 204
      },
      {
        auth: 'admin',
        params: DeadLetterParam,
        response: { 204: t.Void() },
        problems: ['dead_letter_not_found', 'dead_letters_busy'],
        detail: { operationId: 'deleteDeadLetter', summary: 'Delete a dead letter' },
      },
    )
