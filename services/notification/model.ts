import { Drift } from '#shared/drift'
import { PageQuery, pageOf } from '#shared/page'
import { booleanText, closed, named, oneOf, type Static, Time, t } from '#shared/schema'
import { type DeviceRow, factsColumn } from './database'
import { channels, classes, type Kind, kindNames, kinds, type Language, languages } from './domain'
import { type Choices, choiceTable, type Preferences, possibleChannels } from './domain-preferences'
import type { ShownMessage } from './messages'

const KindName = named('NotificationKind', oneOf(kindNames))
const Clock = t.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', examples: ['22:00'] })

export const KindView = named(
  'NotificationKindInfo',
  t.Object({
    kind: KindName,
    class: oneOf(classes),
    channels: t.Array(oneOf(channels), { description: 'Those of a user who has chosen none' }),
  }),
)
export const kindViews = () => kindNames.map(kind => ({ kind, class: kinds[kind].class, channels: [...kinds[kind].channels] }))

export const MessagesQuery = closed({ ...PageQuery.properties, unread: t.Optional(booleanText()) })
export const MessageView = named(
  'Notification',
  t.Object({
    id: t.Integer(),
    kind: KindName,
    class: oneOf(classes),
    title: t.String({ examples: ['Your order 12 is on its way'] }),
    text: t.String({ examples: ['Order 12 is on its way to you.'] }),
    link: t.String({ description: 'Where it leads', examples: ['http://localhost:8080/orders/12'] }),
    data: t.Record(t.String(), t.Unknown(), { description: 'The facts behind it: ids and amounts', examples: [{ order_id: 12 }] }),
    created_at: Time,
    seen_at: t.Union([Time, t.Null()], { description: 'When it was shown in a list' }),
    read_at: t.Union([Time, t.Null()], { description: 'When it was opened' }),
  }),
)
export const MessagePage = named(
  'NotificationPage',
  t.Composite([pageOf(MessageView), t.Object({ unread: t.Integer({ description: 'How many are unread, counted to 10000' }) })]),
)
export const UnreadView = named('UnreadCount', t.Object({ unread: t.Integer() }))
export const messageView = (row: ShownMessage): Static<typeof MessageView> => ({
  id: row.id,
  kind: row.kind,
  class: kinds[row.kind].class,
  title: row.title,
  text: row.text,
  link: row.link,
  data: factsColumn.read(row.facts),
  created_at: row.created_at.toISOString(),
  seen_at: row.seen_at?.toISOString() ?? null,
  read_at: row.read_at?.toISOString() ?? null,
})

const QuietHours = named(
  'QuietHours',
  closed(
    { from: Clock, until: Clock, time_zone: t.String({ maxLength: 64, examples: ['Asia/Seoul'], description: 'Its IANA name' }) },
    { description: 'May go past midnight; critical messages ignore them' },
  ),
)
const switches = (kind: Kind) =>
  closed(Object.fromEntries(possibleChannels(kind).map(channel => [channel, t.Optional(t.Boolean({ examples: [true] }))])))
const Kinds = closed(Object.fromEntries(kindNames.map(kind => [kind, t.Optional(switches(kind))])))
const chosen = {
  language: t.Union([oneOf(languages), t.Null()], { description: 'Null: that of the account' }),
  quiet_hours: t.Union([QuietHours, t.Null()]),
}
export const PreferencesBody = named(
  'NewNotificationPreferences',
  closed(
    { language: t.Optional(chosen.language), quiet_hours: t.Optional(chosen.quiet_hours), kinds: t.Optional(Kinds) },
    {
      description: 'What is left out is as it is by default.',
      examples: [
        {
          language: 'ko',
          quiet_hours: { from: '22:00', until: '08:00', time_zone: 'Asia/Seoul' },
          kinds: { price_drop: { email: false, push: true } },
        },
      ],
    },
  ),
)
export const PreferencesView = named(
  'NotificationPreferences',
  t.Object({
    ...chosen,
    kinds: t.Record(t.String(), t.Record(t.String(), t.Boolean()), { examples: [{ price_drop: { in_app: true, email: false } }] }),
  }),
)
export const preferencesOf = (body: Static<typeof PreferencesBody>): Preferences => ({
  language: body.language ?? null,
  quiet_hours: body.quiet_hours ?? null,
  choices: (body.kinds ?? {}) as Choices,
})
export const preferencesView = ({ language, quiet_hours, choices }: Preferences, role: string): Static<typeof PreferencesView> => ({
  language,
  quiet_hours,
  kinds: choiceTable(choices, { admin: role === 'admin' }),
})

export const platforms = ['ios', 'android', 'web'] as const
export const NewDevice = named(
  'NewDevice',
  closed(
    {
      token: t.String({ minLength: 8, maxLength: 4096, pattern: '^[\\x21-\\x7e]+$', examples: ['fcm-registration-token'] }),
      platform: oneOf(platforms),
    },
    { examples: [{ token: 'fcm-registration-token', platform: 'android' }] },
  ),
)
export const DeviceView = named('Device', t.Object({ id: t.Integer(), platform: oneOf(platforms), created_at: Time }))
export const deviceView = (row: DeviceRow): Static<typeof DeviceView> => ({
  id: row.id,
  platform: platforms.find(platform => platform === row.platform) ?? 'web',
  created_at: row.created_at.toISOString(),
})

export const UnsubscribeParam = closed({
  token: t.String({ pattern: '^[\\w.-]{1,60}$', examples: ['2s.price_drop.AAAAAAAAAAAAAAAAAAAAAA'] }),
})
export const TemplateParam = closed({
  kind: oneOf(kindNames, ['price_drop']),
  language: oneOf(languages, ['en']),
})
const part = (maxLength: number, example: string) => t.String({ minLength: 1, maxLength, examples: [example] })
export const TemplateBody = named(
  'NewTemplate',
  closed(
    {
      subject: part(500, 'Now cheaper: {{ product }}'),
      text: part(60_000, '{{ product }} costs {{ to | money: currency }} now: {{ product_url }}'),
      html: part(60_000, '<p>{{ product }} costs {{ to | money: currency }} now.</p>'),
      short: part(500, '{{ product }} costs {{ to | money: currency }} now'),
    },
    { description: 'Liquid. `short` is the line in the shop, on a phone, or in an SMS.' },
  ),
)
export const PreviewView = named(
  'TemplatePreview',
  t.Object({
    subject: t.String({ examples: ['Now cheaper: Notebook 14'] }),
    text: t.String({ examples: ['Notebook 14 costs 1,299.00 USD now.'] }),
    html: t.String({ examples: ['<p>Notebook 14 costs 1,299.00 USD now.</p>'] }),
    short: t.String({ examples: ['Notebook 14 costs 1,299.00 USD now'] }),
  }),
)
export const TemplateView = named(
  'Template',
  t.Object({
    kind: KindName,
    language: oneOf(languages),
    ...PreviewView.properties,
    values: t.Array(t.String(), { description: 'What it may name', examples: [['product', 'to', 'currency']] }),
    updated_at: t.Union([Time, t.Null()], { description: 'Null while it is as the shop comes' }),
  }),
)
export type TemplateKey = { kind: Kind; language: Language }

export const DriftView = t.Object({ overdue: Drift })
