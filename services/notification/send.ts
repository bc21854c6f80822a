import { createHash } from 'node:crypto'
import { within } from '#shared/deadline'
import { isUnavailable } from '#shared/errors'
import type { Log } from '#shared/log'
import { eachIsolated } from '#shared/sweep'
import { day, minute, second } from '#shared/time'
import type { Channel, OutgoingChannel, Sent } from './channels/channel'
import { contentColumn, type DeliveryRow, historyColumn, type NotificationSql } from './database'
import { kinds } from './domain'
import { type DeliveryState, masked, waitAfter } from './domain-delivery'
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
const mostHistory = 50
/** How long a delivery waits while what it needs of other services cannot be asked for. */
const serviceDownMs = 5 * second
/** What was sent can be read for this long; then only that it was sent. */
const contentMs = 30 * day
/** The longest wait that a provider may ask for. */
const longestAskedMs = day
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
      await trx
        .updateTable('deliveries')
        .set(row => ({
          due_at: new Date(now.getTime() + leaseMs),
          claims: row('claims', '+', 1),
          attempts: row('attempts', '+', 1),
        }))
        .where(
          'id',
          'in',
          rows.map(({ id }) => id),
        )
        .execute()
      return rows.map(row => ({ ...row, claims: row.claims + 1, attempts: row.attempts + 1 }))
    })
  }

  /** Only the newest claim may say how it went, and only while nobody else has decided. False if it may not. */
  const record = async (
    row: DeliveryRow,
    state: DeliveryState,
    {
      detail,
      ...change
    }: { detail?: string | undefined; due_at?: Date | null; provider?: string; provider_id?: string; content?: string; attempts?: number },
    db: Pick<NotificationSql['db'], 'updateTable'> = sql.db,
  ): Promise<boolean> => {
    const step = { at: new Date().toISOString(), state, ...(detail !== undefined && { detail }) }
    const history = historyColumn.write([...historyColumn.read(row.history), step].slice(-mostHistory))
    const { numUpdatedRows } = await db
      .updateTable('deliveries')
      .set({
        due_at: null,
        ...change,
        ...(change.content !== undefined && { content_until: new Date(Date.now() + contentMs) }),
        state,
        reason: detail?.slice(0, 200) ?? null,
        history,
      })
      .where('id', '=', row.id)
      .where('claims', '=', row.claims)
      .where('state', '=', 'queued')
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }
  /** Back to the queue; without having been tried. */
  const postpone = (row: DeliveryRow, due_at: Date, queued_at = row.queued_at) =>
    sql.db
      .updateTable('deliveries')
      .set({ due_at, queued_at, attempts: row.attempts - 1 })
      .where('id', '=', row.id)
      .where('claims', '=', row.claims)
      .where('state', '=', 'queued')
      .execute()

  const retry = (row: DeliveryRow, detail: string, afterSeconds = 0) => {
    const waitMs = waitAfter(row.attempts)
    if (waitMs === undefined) return record(row, 'failed', { detail })
    const askedMs = Math.min(afterSeconds * second, longestAskedMs)
    return record(row, 'queued', { detail, due_at: new Date(Date.now() + Math.max(waitMs, askedMs)) })
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

  const sendOne = async (row: DeliveryRow, around: Surroundings, now: Date) => {
    const written = await writing.write(row, around, now)
    if ('postponedTo' in written) return void (await postpone(row, written.postponedTo, written.postponedTo))
    if ('suppressed' in written) return record(row, 'suppressed', { detail: written.suppressed })
    if ('failed' in written) return record(row, 'failed', { detail: written.failed })
    const { letter } = written
    const [to = ''] = letter.to
    const isCritical = kinds[row.kind].class === 'critical'
    if (row.channel === 'email' && !isCritical && (await suppressions.has(to)))
      return record(row, 'suppressed', { detail: 'the address refused mail before' })
    const channel = channels[row.channel]
    const sent = await call(row, channel, letter)
    const hide = (text: string) => (ports.showSecrets ? text : masked(text, letter.secrets))
    const content = contentColumn.write({
      to: row.channel === 'push' ? `${letter.to.length} devices` : to,
      subject: hide(letter.subject),
      text: hide(letter.text),
      ...(letter.html !== undefined && { html: hide(letter.html) }),
      language: letter.language,
    })
    if (sent.outcome === 'sent')
      return record(row, 'sent', { provider: sent.provider, provider_id: sent.provider_id.slice(0, 255), content })
    if (sent.outcome === 'retry') return retry(row, sent.reason, sent.after_seconds)
    const refused = { detail: sent.reason, provider: channel.name, content }
    if (!sent.permanent_address_fault) return record(row, 'failed', refused)
    return sql.transaction(async trx => {
      // An erasure that came meanwhile has decided; one that comes now waits for this row and then finds the address.
      const isRecorded = await record(row, 'bounced', refused, trx)
      if (isRecorded && row.channel === 'email') await suppressions.add(row.user_id, to, 'bounced', trx)
    })
  }

  const sendBatch = async (channel: OutgoingChannel, now: Date): Promise<number> => {
    const startedAt = performance.now()
    const rows = await claim(channel, now)
    if (rows.length === 0) return 0
    const onError = async (error: unknown, row: DeliveryRow) => {
      if (isUnavailable(error)) return postpone(row, new Date(Date.now() + serviceDownMs))
      log.warn({ err: error, delivery: row.id }, 'a message could not be written or sent; it is tried again')
      return retry(row, 'the message could not be written')
    }
    const around = await surroundings(rows).catch(async (error: unknown) => {
      for (const row of rows) await onError(error, row)
      return undefined
    })
    if (!around) return 0
    const onLostError = (error: unknown, { id }: DeliveryRow) =>
      log.warn({ err: error, delivery: id }, 'how a delivery went could not be stored; it is claimed again when its lease has run out')
    const send = (row: DeliveryRow) => {
      // Behind a provider that hangs, the claim would run out before the call ends: the next sweep claims it anew.
      const isTooLate = performance.now() - startedAt > leaseMs - 2 * sendMs
      return isTooLate ? postpone(row, now) : sendOne(row, around, now).catch(error => onError(error, row))
    }
    await eachIsolated(rows, send, onLostError, lanes)
    return rows.length
  }

  return {
    /** Sends until nothing is due any more; what comes in meanwhile waits for the next sweep when there is very much of it. */
    async sendDue(channel: OutgoingChannel, now = new Date()): Promise<void> {
      for (let batches = 0; batches < 20; batches++) if ((await sendBatch(channel, now)) < batch) break
    },
  }
}
export type Sending = ReturnType<typeof sending>

/** The same however often a delivery is tried; another when an administrator has it sent again, since mail programs hide doubles. */
const messageKey = ({ cause, user_id, kind, channel, resends }: DeliveryRow): string =>
  createHash('sha256').update([cause, user_id, kind, channel, resends].join(' ')).digest('hex').slice(0, 32)
