import { closed, integerText, named, oneOf, Time, t } from '#shared/schema'
import { DeadLetterView, State } from './model'

const perSecond = (what: string) => t.Number({ description: `${what}, per second` })
const milliseconds = t.Union([t.Number(), t.Null()], { description: 'Null when nothing was asked' })
const Figures = named(
  'Figures',
  t.Object({
    requests: perSecond('Requests answered, without probes'),
    errors: perSecond('Answers of 500 and above'),
    probes: perSecond('Checks of health and readings of figures'),
    p50_ms: milliseconds,
    p99_ms: milliseconds,
    cpu: t.Number({ description: '1 is one processor that is busy all the time' }),
    memory_bytes: t.Number(),
    handled: perSecond('Events handled'),
    retried: perSecond('Events whose handler failed'),
    dead_lettered: perSecond('Events given up'),
    being_handled: t.Number({ description: 'Events received and not handled yet' }),
    held: t.Number({ description: 'Events that wait because something that their handler needs is down' }),
    outbox: t.Number({ description: 'Events written and not published yet' }),
    outbox_age_seconds: t.Number({ description: 'How long the oldest of them has waited' }),
  }),
)
const figures = t.Union([Figures, t.Null()], { description: 'Of the last sample; null before there are two readings' })

export const OverviewView = named(
  'Overview',
  t.Object({
    status: State,
    checked_at: Time,
    sandbox: t.Boolean({ description: 'Whether payments are played by the sandbox, so that demo orders cost nobody anything' }),
    sampled_at: t.Union([Time, t.Null()], { description: 'The figures are of the seconds before it' }),
    services: t.Array(
      named(
        'ServiceOverview',
        t.Object({
          name: t.String({ examples: ['order'] }),
          status: State,
          figures,
          handled: t.Record(t.String(), t.Number(), { description: 'Events handled per second, by type' }),
          instances: t.Array(
            named(
              'InstanceOverview',
              t.Object({
                id: t.Union([t.String(), t.Null()]),
                address: t.String({ examples: ['127.0.0.1:8003'] }),
                version: t.String({ examples: ['0.1.0'] }),
                state: State,
                dependencies: t.Record(t.String(), t.String()),
                started_at: t.Union([Time, t.Null()]),
                figures,
              }),
            ),
          ),
        }),
      ),
    ),
  }),
)

export const HistoryQuery = closed({
  minutes: integerText({ minimum: 1, maximum: 60, default: 60 }),
  points: integerText({ minimum: 2, maximum: 240, default: 60 }),
})
const points = t.Array(t.Union([t.Number(), t.Null()]))
export const HistoryView = named(
  'History',
  t.Object({
    times: t.Array(t.Integer({ description: 'The end of a step, in seconds of Unix time' })),
    services: t.Record(
      t.String(),
      named(
        'ServiceHistory',
        t.Object({
          requests: points,
          errors: points,
          p50_ms: points,
          p99_ms: points,
          cpu: points,
          memory_bytes: points,
          handled: points,
          failed: points,
          outbox: points,
        }),
      ),
      { description: 'One value for each step, null where there was no sample' },
    ),
  }),
)

export const QueuesView = named(
  'BrokerQueues',
  t.Object({
    checked_at: Time,
    queues: t.Array(
      named(
        'BrokerQueue',
        t.Object({
          queue: t.String({ examples: ['inventory.order-events'] }),
          kind: named('QueueKind', oneOf(['events', 'timer', 'dead_letters', 'delay', 'retry'])),
          service: t.Optional(t.String()),
          types: t.Array(t.String()),
          ready: t.Integer({ description: 'Messages that nobody has received yet' }),
          consumers: t.Integer(),
          handled: t.Union([t.Number(), t.Null()], { description: 'Messages handled per second; null where it is not known' }),
        }),
      ),
    ),
  }),
)

export const StoryView = named(
  'OrderStory',
  t.Object({
    order_id: t.Integer(),
    reservation: t.Union([t.String(), t.Null()], { description: 'The state of its stock in inventory', examples: ['reserved'] }),
    redemption: t.Union([t.String(), t.Null()], { description: 'The state of its coupon and campaigns in promotion' }),
    taxed: t.Union([t.Number(), t.Null()], { description: 'What the tax report counts for it' }),
    money: t.Union([named('OrderMoney', t.Object({ captured: t.Number(), refunded: t.Number() })), t.Null()]),
    dead_letters: t.Array(DeadLetterView),
    unanswered: t.Array(t.String(), { description: 'Who did not answer, so that its part is missing' }),
  }),
)
