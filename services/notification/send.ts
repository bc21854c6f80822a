import { createHash } from 'node:crypto'
import { within } from '#shared/deadline'
import { isUnavailable } from '#shared/errors'
import type { Log } from '#shared/log'
import { defer } from '#shared/sql'
import { eachIsolated, inBatches } from '#shared/sweep'
import { day, minute, second } from '#shared/time'
import type { Channel, OutgoingChannel, Sent } from './channels/channel'
import { contentColumn, type DeliveryRow, type NotificationSql } from './database'
import { kinds } from './domain'
import { masked, waitAfter } from './domain-delivery'
import { outcomeOf, recordOutcomes } from './record-outcomes'
import type { Suppressions } from './suppressions'
import type { Letter, Surroundings, Writing } from './write'

interface Ports {
  sql: NotificationSql
  channels: Readonly<Record<OutgoingChannel, Channel>>
  writing: Pick<Writing, 'write'>
  surroundings: (rows: readonly DeliveryRow[]) => Promise<Surroundings>
  suppressions: Suppressions
  forgetDevice: (token: string) => Promise<void>
  log: Pick<Log, 'warn'>
  /** The mailbox of a developer's machine shows links with their tokens. */
  showSecrets?: boolean
  sendMs?: number
}

/** A claim must outlive the call of the provider: two instances would send the same message otherwise. */
const leaseMs = minute
const batch = 50
const lanes = 4
/** How long the outcome of a delivery waits for others. */
const recordMs = 20
/** How long a delivery waits while what it needs of other services cannot be asked for. */
const serviceDownMs = 5 * second
/** What was sent can be read for this long; then only that it was sent. */
const contentMs = 30 * day
/** The longest wait that a provider may ask for. */
const longestAskedMs = day
/** The addresses in `refusing` get critical mails only. */
type Around = Surroundings & { refusing: Set<string> }
const noAnswer = (): Sent => ({ outcome: 'retry', reason: 'the provider did not answer' })

/**
 * Sends what is due. A delivery is claimed, and the claim committed, before its provider is called: an instance that dies between the provider's
 * yes and our commit leaves the claim to run out, and the message is sent once more under the same Message-ID.
 */
export const sending = ({ sql, channels, writing, surroundings, suppressions, log, sendMs = 20 * second, ...ports }: Ports) => {
  const claim = async (channel: OutgoingChannel, now: Date): Promise<DeliveryRow[]> => {
    const waiting = sql.db.selectFrom('deliveries').select('id').where('channel', '=', channel).where('due_at', '<=', now).limit(1)
    if (!(await waiting.executeTakeFirst())) return []
    return sql.transaction(async trx => {
      const due = trx.selectFrom('deliveries').selectAll().where('channel', '=', channel).where('due_at', '<=', now)
      const rows = await due.orderBy('due_at').limit(batch).forUpdate().skipLocked().execute()
      if (rows.length === 0) return []
      const ids = rows.map(({ id }) => id)
      const leasedUntil = new Date(now.getTime() + leaseMs)
      const claimed = trx.updateTable('deliveries').where('id', 'in', ids)
      await defer(claimed.set(row => ({ due_at: leasedUntil, claims: row('claims', '+', 1), attempts: row('attempts', '+', 1) })))
      return rows.map(row => ({ ...row, claims: row.claims + 1, attempts: row.attempts + 1 }))
    })
  }

  /** What went out is stored within moments: an instance that is killed repeats only what it sent in the last of them. */
  const record = sql.many<DeliveryRow>(rows => recordOutcomes(sql.db, rows), { groupIntervalMs: recordMs, lanes: 1 })
  /** Back to the queue; without having been tried. */
  const postponed = (row: DeliveryRow, due_at: Date, queued_at = row.queued_at): DeliveryRow => {
    return { ...row, due_at, queued_at, attempts: row.attempts - 1 }
  }

  const retried = (row: DeliveryRow, detail: string, afterSeconds = 0): DeliveryRow => {
    const waitMs = waitAfter(row.attempts)
    if (waitMs === undefined) return outcomeOf(row, 'failed', { detail })
    const askedMs = Math.min(afterSeconds * second, longestAskedMs)
    return outcomeOf(row, 'queued', { detail, due_at: new Date(Date.now() + Math.max(waitMs, askedMs)) })
  }

  const call = async (row: DeliveryRow, channel: Channel, letter: Letter): Promise<Sent> => {
    const { subject, text, html, language, unsubscribe } = letter
    const outcomes: Sent[] = []
    const signal = AbortSignal.timeout(sendMs)
    for (const to of letter.to) {
      const message = {
        message_id: messageKey(row),
        ...{ to, subject, text, language },
        ...(html !== undefined && { html }),
        ...(unsubscribe && { unsubscribe }),
      }
      const outcome = await within(sendMs, channel.send(message, signal), noAnswer).catch((error: unknown): Sent => {
        // The message of the error may hold the address.
        log.warn(
          { delivery: row.id, provider: channel.name, error: error instanceof Error ? error.name : typeof error },
          'a provider could not be called',
        )
        return { outcome: 'retry', reason: 'the provider could not be called' }
      })
      if (row.channel === 'push' && outcome.outcome === 'refused' && outcome.permanent_address_fault) await ports.forgetDevice(to)
      outcomes.push(outcome)
    }
    // One device that has it is enough; a second try would ring on that one again.
    const best = (['sent', 'retry', 'refused'] as const).flatMap(name => outcomes.filter(({ outcome }) => outcome === name))[0]
    return best ?? { outcome: 'refused', reason: 'there was no address', permanent_address_fault: false }
  }

  /** Sends a delivery, and answers what is still to be stored of it. */
  const sendOne = async (row: DeliveryRow, around: Around, now: Date): Promise<DeliveryRow | undefined> => {
    const written = await writing.write(row, around, now)
    if ('postponedTo' in written) return postponed(row, written.postponedTo, written.postponedTo)
    if ('suppressed' in written) return outcomeOf(row, 'suppressed', { detail: written.suppressed })
    if ('failed' in written) return outcomeOf(row, 'failed', { detail: written.failed })
    const { letter } = written
    const [to = ''] = letter.to
    const isCritical = kinds[row.kind].class === 'critical'
    if (row.channel === 'email' && !isCritical && around.refusing.has(to))
      return outcomeOf(row, 'suppressed', { detail: 'the address refused mail before' })
    const channel = channels[row.channel]
    const sent = await call(row, channel, letter)
    if (sent.outcome === 'retry') return retried(row, sent.reason, sent.after_seconds)
    const hide = (text: string) => (ports.showSecrets ? text : masked(text, letter.secrets))
    const content = contentColumn.write({
      to: row.channel === 'push' ? `${letter.to.length} devices` : to,
      subject: hide(letter.subject),
      text: hide(letter.text),
      ...(letter.html !== undefined && { html: hide(letter.html) }),
      language: letter.language,
    })
    const kept = { content, content_until: new Date(Date.now() + contentMs) }
    if (sent.outcome === 'sent')
      return outcomeOf(row, 'sent', { ...kept, provider: sent.provider, provider_id: sent.provider_id.slice(0, 255) })
    const refused = { ...kept, detail: sent.reason, provider: channel.name }
    if (!sent.permanent_address_fault) return outcomeOf(row, 'failed', refused)
    const bounced = outcomeOf(row, 'bounced', refused)
    if (row.channel !== 'email') return bounced
    around.refusing.add(to)
    await sql.transaction(async trx => {
      const claimed = trx.selectFrom('deliveries').select('id').where('id', '=', row.id).where('claims', '=', row.claims)
      // An erasure that came meanwhile has decided; one that comes now waits for this row and then finds the address.
      if (!(await claimed.where('state', '=', 'queued').forUpdate().executeTakeFirst())) return
      await recordOutcomes(trx, [bounced])
      await suppressions.add(row.user_id, to, 'bounced', trx)
    })
    return undefined
  }

  const lookAround = async (rows: readonly DeliveryRow[], channel: OutgoingChannel): Promise<Around> => {
    const around = await surroundings(rows)
    const addresses = channel === 'email' ? [...around.contacts.values()].map(({ email }) => email) : []
    return { ...around, refusing: await suppressions.among(addresses) }
  }

  const sendBatch = async (channel: OutgoingChannel, now: Date): Promise<number> => {
    const startedAt = performance.now()
    const rows = await claim(channel, now)
    if (rows.length === 0) return 0
    const afterError = (error: unknown, row: DeliveryRow): DeliveryRow => {
      if (isUnavailable(error)) return postponed(row, new Date(Date.now() + serviceDownMs))
      log.warn({ err: error, delivery: row.id }, 'a message could not be written or sent; it is tried again')
      return retried(row, 'the message could not be written')
    }
    const onLostError = (error: unknown, { id }: DeliveryRow) =>
      log.warn({ err: error, delivery: id }, 'how a delivery went could not be stored; it is claimed again when its lease has run out')
    const recorded: Promise<unknown>[] = []
    const recordLater = (outcome: DeliveryRow) => void recorded.push(record(outcome).catch(error => onLostError(error, outcome)))
    const around = await lookAround(rows, channel).catch((error: unknown) => {
      for (const row of rows) recordLater(afterError(error, row))
      return undefined
    })
    const send = async (row: DeliveryRow, around: Around) => {
      // Behind a provider that hangs, the claim would run out before the call ends: the next sweep claims it anew.
      const isTooLate = performance.now() - startedAt > leaseMs - 2 * sendMs
      const outcome = isTooLate ? postponed(row, now) : await sendOne(row, around, now).catch(error => afterError(error, row))
      if (outcome) recordLater(outcome)
    }
    if (around) await eachIsolated(rows, row => send(row, around), onLostError, lanes)
    await Promise.all(recorded)
    return around ? rows.length : 0
  }

  return {
    /** Sends until nothing is due any more; what comes in meanwhile waits for the next sweep when there is very much of it. */
    async sendDue(channel: OutgoingChannel, now = new Date()): Promise<void> {
      const startedAt = performance.now()
      // A sweep may take minutes: a claim that lasted from its beginning would have run out before the last mails are sent.
      const present = () => new Date(now.getTime() + performance.now() - startedAt)
      await inBatches(batch, () => sendBatch(channel, present()), 20)
    },
  }
}
export type Sending = ReturnType<typeof sending>

/** The same however often a delivery is tried; another when an administrator has it sent again, since mail programs hide doubles. */
const messageKey = ({ cause, user_id, kind, channel, resends }: DeliveryRow): string =>
  createHash('sha256').update([cause, user_id, kind, channel, resends].join(' ')).digest('hex').slice(0, 32)
