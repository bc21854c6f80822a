import { PageQuery } from '#shared/page'
import { closed, integerText, named, oneOf, type Static, Time, t } from '#shared/schema'
import { contentColumn, type DeliveryRow, historyColumn } from './database'
import { type channels, kindNames } from './domain'
import { deliveryStates } from './domain-delivery'

const outgoing = ['email', 'sms', 'push'] as const satisfies readonly (typeof channels)[number][]
const State = named('DeliveryState', oneOf(deliveryStates))
const Channel = named('DeliveryChannel', oneOf(outgoing))
const KindName = named('NotificationKind', oneOf(kindNames))

export const DeliveriesQuery = closed({
  ...PageQuery.properties,
  user_id: t.Optional(integerText({ minimum: 1 })),
  state: t.Optional(State),
  kind: t.Optional(KindName),
  channel: t.Optional(Channel),
})
export const DeliveryView = named(
  'Delivery',
  t.Object({
    id: t.Integer(),
    user_id: t.Integer(),
    kind: KindName,
    channel: Channel,
    state: State,
    reason: t.Union([t.String({ examples: ['mailbox full'] }), t.Null()], {
      description: 'Why it is in this state, where that needs a reason',
    }),
    attempts: t.Integer({ description: 'How often it was tried since it was last queued' }),
    due_at: t.Union([Time, t.Null()], { description: 'When it is tried next' }),
    provider: t.Union([t.String({ examples: ['smtp'] }), t.Null()]),
    provider_id: t.Union([t.String({ examples: ['0f0e4a1c@shop.example'] }), t.Null()]),
    created_at: Time,
  }),
)
export const DeliveryDetail = named(
  'DeliveryDetail',
  t.Composite([
    DeliveryView,
    t.Object({
      content: t.Union(
        [
          named(
            'DeliveryContent',
            t.Object({
              to: t.String({ examples: ['ann@example.com'] }),
              subject: t.Optional(t.String({ examples: ['Your order 12 is on its way'] })),
              text: t.String({ examples: ['Order 12 is on its way to you.'] }),
              html: t.Optional(t.String()),
              language: t.String({ examples: ['en'] }),
            }),
          ),
          t.Null(),
        ],
        { description: 'What was sent, with its secrets hidden; null before it was, after 30 days, and once the user is erased' },
      ),
      history: t.Array(named('DeliveryStep', t.Object({ at: Time, state: State, detail: t.Optional(t.String()) }))),
    }),
  ]),
)
export type DeliveryView = Static<typeof DeliveryView>

export const deliveryView = (row: DeliveryRow): DeliveryView => ({
  id: row.id,
  user_id: row.user_id,
  kind: row.kind,
  channel: row.channel,
  state: row.state,
  reason: row.reason,
  attempts: row.attempts,
  due_at: row.due_at?.toISOString() ?? null,
  provider: row.provider,
  provider_id: row.provider_id,
  created_at: row.created_at.toISOString(),
})
export const deliveryDetail = (row: DeliveryRow): Static<typeof DeliveryDetail> => ({
  ...deliveryView(row),
  content: row.content === null ? null : contentColumn.read(row.content),
  history: historyColumn.read(row.history),
})

export const ProviderParam = closed({ provider: t.String({ pattern: '^[a-z]{1,32}$', examples: ['sandbox'] }) })
export const ReportAnswer = named('WebhookReceipt', t.Object({ received: t.Boolean(), settled: t.Boolean() }))
export const UserParam = closed({ user_id: integerText({ minimum: 1, examples: [1] }) })
