import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { ColumnType, Generated, Selectable, Transaction } from 'kysely'
import { closed, oneOf, type Static, t } from '#shared/schema'
import { jsonColumn, type Sql } from '#shared/sql'
import { type ChannelName, channels, type Kind, kindNames, type Language } from './domain'
import { type DeliveryState, deliveryStates } from './domain-delivery'

export interface NotificationDb {
  /** One row for each person that messages go to. Its lock orders their messages, so that ids become visible in their order. */
  recipients: {
    user_id: number
    /** Null: that of the account. */
    language: Language | null
    /** That of the account, as it was told last; null when it has to be asked for. */
    account_language: string | null
    /** `choicesColumn` */
    choices: Generated<string>
    /** `quietColumn` */
    quiet_hours: string | null
    device_count: Generated<number>
    /** The newest digest. The next is due an hour later at the earliest. */
    digest_id: number | null
    digest_due_at: Date | null
    /** From here on nothing is stored about this person. */
    erased_at: Date | null
  }
  devices: {
    id: Generated<number>
    user_id: number
    token_hash: string
    token: string
    platform: string
    /** The session that registered it or last did so again. Null where an instance of an earlier release did. */
    session_id: string | null
    created_at: Generated<Date>
  }
  messages: {
    id: Generated<number>
    user_id: number
    kind: Kind
    /** The id of the event, or what several events have in common that are told of once. */
    cause: string
    /** `factsColumn` */
    facts: string
    created_at: Date
    seen_at: Date | null
    read_at: Date | null
  }
  deliveries: {
    id: Generated<number>
    user_id: number
    kind: Kind
    channel: Exclude<ChannelName, 'in_app'>
    cause: string
    /** `factsColumn` */
    facts: string
    state: DeliveryState
    reason: string | null
    /** When it is sent, or claimed again if its instance has died; null unless it is queued. */
    due_at: Date | null
    /** Since when it could have been sent. */
    queued_at: Date
    attempts: Generated<number>
    /** Grows with each claim: only the newest may say how it went. */
    claims: Generated<number>
    /** How often an administrator had it sent again. */
    resends: Generated<number>
    provider: string | null
    provider_id: string | null
    /** `contentColumn`; null before it is sent, after its retention, and once the user is erased. */
    content: string | null
    content_until: Date | null
    /** `historyColumn` */
    history: string
    created_at: Date
  }
  /** What is told later. */
  plans: { id: Generated<number>; user_id: number; kind: Kind; cause: string; facts: string; due_at: Date }
  /** What a digest collects. */
  digest_entries: { id: Generated<number>; delivery_id: number; user_id: number; kind: Kind; cause: string; facts: string }
  /** Addresses that refused mail for good. Only hashes, and gone with their user. */
  suppressions: { address_hash: string; user_id: number; reason: string; created_at: Generated<Date> }
  /** Reports of providers. Those without a `try_at` are settled. */
  provider_events: {
    id: Generated<number>
    provider: string
    event_id: string
    provider_id: string
    kind: 'delivered' | 'bounced' | 'soft_bounced' | 'complained'
    at: Date
    try_at: Date | null
    received_at: Generated<Date>
  }
  templates: { kind: Kind; language: Language; content: string; updated_at: ColumnType<Date, Date, Date> }
  link_key: { id: number; value: string }
}

const Facts = t.Record(t.String(), t.Unknown())
/** What a message is about: ids, amounts and words of the shop, and nothing about a person. */
export const factsColumn = jsonColumn(Facts)
export const choicesColumn = jsonColumn(t.Partial(t.Record(oneOf(kindNames), t.Partial(t.Record(oneOf(channels), t.Boolean())))))
export const quietColumn = jsonColumn(closed({ from: t.String(), until: t.String(), time_zone: t.String() }))
const Content = t.Object({
  to: t.String(),
  subject: t.Optional(t.String()),
  text: t.String(),
  html: t.Optional(t.String()),
  language: t.String(),
})
type Content = Static<typeof Content>
const contentJson = jsonColumn(Content)
/** Compressed, as base64: a mail of 4.1 KB, most of which is its layout, becomes 1.9 KB. Older rows are plain JSON. */
export const contentColumn = {
  read: (text: string) => contentJson.read(text.startsWith('{') ? text : `${inflateRawSync(Buffer.from(text, 'base64'))}`),
  write: (content: Content) => deflateRawSync(contentJson.write(content), { level: 1 }).toString('base64'),
}
const History = t.Array(t.Object({ at: t.String(), state: oneOf(deliveryStates), detail: t.Optional(t.String()) }))
export const historyColumn = jsonColumn(History)
const mostHistory = 50
type HistoryStep = Static<typeof History>[number]
/** The history of a delivery after another step. */
export const historyWith = ({ history }: Pick<DeliveryRow, 'history'>, step: HistoryStep): string =>
  historyColumn.write([...historyColumn.read(history), step].slice(-mostHistory))
export const templateColumn = jsonColumn(closed({ subject: t.String(), text: t.String(), html: t.String(), short: t.String() }))

export type NotificationSql = Sql<NotificationDb>
export type Trx = Transaction<NotificationDb>
export type RecipientRow = Selectable<NotificationDb['recipients']>
export type MessageRow = Selectable<NotificationDb['messages']>
export type DeliveryRow = Selectable<NotificationDb['deliveries']>
export type ProviderEventRow = Selectable<NotificationDb['provider_events']>
export type DeviceRow = Selectable<NotificationDb['devices']>
