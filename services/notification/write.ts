import { AppError } from '#shared/errors'
import type { Log } from '#shared/log'
import { minute } from '#shared/time'
import type { Contact, KnownProduct, NotificationClients } from './clients'
import { choicesColumn, type DeliveryRow, factsColumn, type NotificationSql, quietColumn, type RecipientRow } from './database'
import { linkExpired } from './deliveries'
import type { PushDevices } from './devices'
import { isKnown, type Kind, kinds, type Language, languages } from './domain'
import { wants } from './domain-preferences'
import { quietUntil } from './domain-quiet'
import type { EditedTemplates, TemplateContent } from './edited-templates'
import { render, renderShort } from './render'
import type { UnsubscribeLinks } from './unsubscribe-links'
import { type Links, linkOf, productsIn, valuesOf } from './values'

/** What is sent, and to where. A phone or an inbox of devices has several addresses. */
export interface Letter {
  kind: Kind
  to: string[]
  subject: string
  text: string
  html?: string
  language: Language
  unsubscribe?: { url: string }
  /** What nobody but the reader may see of it. */
  secrets: string[]
}
/** Or why it is not sent, or not yet. */
export type Written = { letter: Letter } | { suppressed: string } | { failed: string } | { postponedTo: Date }

export type Entry = Record<string, unknown> & { kind: Kind }
export interface Surroundings {
  recipients: ReadonlyMap<number, RecipientRow>
  contacts: ReadonlyMap<number, Contact>
  products: ReadonlyMap<string, KnownProduct>
  /** The entries of each digest. */
  entries: ReadonlyMap<number, Entry[]>
  devices: ReadonlyMap<number, string[]>
}

interface Ports {
  templates: Pick<EditedTemplates, 'candidates'>
  clients: Pick<NotificationClients, 'token' | 'addressToWarn'>
  unsubscribes: Pick<UnsubscribeLinks, 'tokenFor'>
  links: Links
  log: Pick<Log, 'warn'>
}

export const languageOf = (...wanted: (string | null | undefined)[]): Language =>
  languages.find(language => language === wanted.find(Boolean)?.slice(0, 2)) ?? 'en'

/** A message of a kind that this release has no words for waits for a newer release. */
const unknownKindMs = 10 * minute

const isTokenKind = (kind: Kind) => kind === 'verify_email' || kind === 'password_reset'

/** Turns the facts of a delivery into a message to its reader, as their preferences and their account are at this moment. */
export const writing = ({ templates, clients, unsubscribes, links, log }: Ports) => {
  /** Fills the first of the templates that can be filled. */
  const filled = async <T>(kind: Kind, language: Language, fill: (template: TemplateContent) => T): Promise<T> => {
    let fault: unknown
    for (const template of await templates.candidates(kind, language)) {
      try {
        return fill(template)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        log.warn({ err: error, kind, language }, 'an edited template could not be filled; the one that comes with the shop is used')
        fault = error
      }
    }
    throw fault
  }

  return {
    /** The line that the shop shows. */
    async inApp(kind: Kind, facts: Record<string, unknown>, language: Language, products: Surroundings['products']) {
      const values = { ...valuesOf(kind, facts, { name: '', products, links }), language }
      const [title, text] = await filled(kind, language, template => [
        renderShort({ short: template.subject, language }, values),
        renderShort({ short: template.short, language }, values),
      ])
      return { title: title ?? '', text: text ?? '', link: linkOf(facts, links) }
    },

    async write(row: DeliveryRow, around: Surroundings, now: Date): Promise<Written> {
      const entries = around.entries.get(row.id) ?? []
      if (![row, ...entries].every(isKnown)) return { postponedTo: new Date(now.getTime() + unknownKindMs) }
      const recipient = around.recipients.get(row.user_id)
      const contact = around.contacts.get(row.user_id)
      if (!recipient || recipient.erased_at || !contact) return { suppressed: 'the account is closed' }
      const quiet = recipient.quiet_hours === null ? undefined : quietColumn.read(recipient.quiet_hours)
      const isCritical = kinds[row.kind].class === 'critical'
      if (!isCritical) {
        if (!wants(choicesColumn.read(recipient.choices), row.kind, row.channel)) return { suppressed: 'the reader does not want it' }
        const postponedTo = quiet && quietUntil(quiet, now)
        if (postponedTo) return { postponedTo }
      }
      let facts = factsColumn.read(row.facts)
      let kind = row.kind
      if (kind === 'digest') {
        const [only] = entries
        if (!only) return { suppressed: 'there is nothing to tell any more' }
        facts = entries.length === 1 ? only : { entries }
        if (entries.length === 1) kind = only.kind
      }
      const token = isTokenKind(kind) ? await clients.token(String(facts.token_id)) : undefined
      if (isTokenKind(kind) && !token) return { failed: linkExpired }
      const isWarning = row.channel === 'email' && facts.warning_id !== undefined
      const warned = isWarning ? await clients.addressToWarn(String(facts.warning_id)) : undefined
      if (isWarning && !warned) return { failed: 'the address to warn is no longer kept' }

      const to = addressesOf(row.channel, contact, (token ?? warned)?.email, around.devices.get(row.user_id) ?? [])
      if (to.length === 0) return { suppressed: 'the account has no address for this channel' }
      const language = languageOf(recipient.language, contact.language)
      const isMarketing = kinds[row.kind].class === 'marketing'
      const unsubscribe = unsubscribes.tokenFor(row.user_id, row.kind)
      const unsubscribeUrl = isMarketing ? `${links.apiUrl}/api/notifications/unsubscribe/${unsubscribe}` : undefined
      const { products } = around
      const name = contact.full_name
      const values = {
        ...valuesOf(kind, facts, { name, products, links, token, unsubscribeUrl, timeZone: quiet?.time_zone }),
        language,
      }
      const letter = { kind, to, language, secrets: [token?.token ?? '', unsubscribeUrl ? unsubscribe : ''].filter(Boolean) }
      if (row.channel !== 'email')
        return {
          letter: await filled(kind, language, template => ({
            ...letter,
            subject: renderShort({ short: template.subject, language }, values),
            text: renderShort({ short: template.short, language }, values),
          })),
        }
      const content = await filled(kind, language, template => render({ ...template, language }, values))
      return { letter: { ...letter, ...content, ...(unsubscribeUrl && { unsubscribe: { url: unsubscribeUrl } }) } }
    },
  }
}
export type Writing = ReturnType<typeof writing>

const addressesOf = (
  channel: DeliveryRow['channel'],
  { email, phone }: Contact,
  mailTo: string | undefined,
  devices: string[],
): string[] => {
  if (channel === 'push') return devices
  const address = channel === 'email' ? (mailTo ?? email) : phone
  return address ? [address] : []
}

interface Sources {
  sql: Pick<NotificationSql, 'db'>
  clients: Pick<NotificationClients, 'contacts' | 'products'>
  devices: Pick<PushDevices, 'reachable'>
}

/** What the deliveries of a batch need to know of their readers, in one query and one call each. */
export const surroundings =
  ({ sql: { db }, clients, devices: { reachable } }: Sources) =>
  async (rows: readonly DeliveryRow[]): Promise<Surroundings> => {
    const users = [...new Set(rows.map(row => row.user_id))]
    const digests = rows.filter(row => row.kind === 'digest').map(row => row.id)
    const pushed = rows.filter(row => row.channel === 'push').map(row => row.user_id)
    const [recipients, contacts, stored, phones] = await Promise.all([
      db.selectFrom('recipients').selectAll().where('user_id', 'in', users).execute(),
      clients.contacts(users),
      digests.length > 0 ? entriesOf(db, digests).execute() : [],
      reachable(pushed),
    ])
    const entries = new Map<number, Entry[]>()
    for (const { delivery_id, kind, facts } of stored)
      entries.set(delivery_id, [...(entries.get(delivery_id) ?? []), { ...factsColumn.read(facts), kind }])
    const devices = new Map<number, string[]>()
    for (const { user_id, token } of phones) devices.set(user_id, [...(devices.get(user_id) ?? []), token])
    const named = [...rows.map(row => factsColumn.read(row.facts)), ...[...entries.values()].flat()].flatMap(productsIn)
    return {
      recipients: new Map(recipients.map(row => [row.user_id, row])),
      contacts,
      products: await clients.products([...new Set(named)]),
      entries,
      devices,
    }
  }

/** Of a digest. A mail with more is so long that mail programs show it only in part. */
const mostEntries = 200

/** The first entries of each digest: one that has very many leaves the others theirs. */
const entriesOf = (db: NotificationSql['db'], digests: readonly number[]) => {
  const numbered = db
    .selectFrom('digest_entries')
    .select(['id', 'delivery_id', 'kind', 'facts'])
    .select(row =>
      row.fn
        .agg<number>('row_number')
        .over(of => of.partitionBy('delivery_id').orderBy('id'))
        .as('place'),
    )
    .where('delivery_id', 'in', digests)
  return db.selectFrom(numbered.as('entry')).selectAll().where('place', '<=', mostEntries).orderBy('id')
}
