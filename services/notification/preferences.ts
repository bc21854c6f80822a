import { forbidden, invalid } from '#shared/errors'
import { choicesColumn, type NotificationSql, quietColumn, type RecipientRow } from './database'
import { type Preferences, refusedChoices, storedChoices, withoutMail } from './domain-preferences'
import { isTimeZone } from './domain-quiet'
import { findRecipient, lockRecipient } from './recipients'
import type { UnsubscribeLinks } from './unsubscribe-links'

interface Ports {
  sql: NotificationSql
  unsubscribes: Pick<UnsubscribeLinks, 'read'>
}

const preferencesOf = (row: RecipientRow | undefined): Preferences => ({
  language: row?.language ?? null,
  quiet_hours: row?.quiet_hours ? quietColumn.read(row.quiet_hours) : null,
  choices: row ? choicesColumn.read(row.choices) : {},
})

export const recipientPreferences = ({ sql, unsubscribes }: Ports) => {
  const readLink = (token: string) => {
    const link = unsubscribes.read(token)
    if (!link) throw invalid('invalid_token', 'This link is not whole. Use the link in the newest message, or change your preferences.')
    return link
  }

  return {
    readLink,

    find: async (userId: number): Promise<Preferences> => preferencesOf(await findRecipient(sql, userId)),

    async put(userId: number, { language, quiet_hours, choices }: Preferences): Promise<Preferences> {
      const [refused] = refusedChoices(choices)
      if (refused) throw invalid('critical_kind', `Messages of the kind ${refused} guard your account; they cannot be turned off or moved.`)
      if (quiet_hours && !isTimeZone(quiet_hours.time_zone))
        throw invalid('unknown_time_zone', 'Give the time zone by its IANA name, such as Asia/Seoul.')
      if (quiet_hours && quiet_hours.from === quiet_hours.until)
        throw invalid('empty_quiet_hours', 'Quiet hours begin and end at different times; leave them out to have none.')
      return sql.transaction(async trx => {
        const { erased_at } = await lockRecipient(trx, userId)
        if (erased_at) throw forbidden('This account is closed.')
        const kept = storedChoices(choices)
        const change = { language, quiet_hours: quiet_hours && quietColumn.write(quiet_hours), choices: choicesColumn.write(kept) }
        await trx.updateTable('recipients').set(change).where('user_id', '=', userId).execute()
        return { language, quiet_hours, choices: kept }
      })
    },

    /** Twice is once. The answer for an erased user is the same, and nothing is stored. */
    async unsubscribe(token: string): Promise<void> {
      const { userId, kind } = readLink(token)
      await sql.transaction(async trx => {
        const { erased_at, choices } = await lockRecipient(trx, userId)
        if (erased_at) return
        const change = { choices: choicesColumn.write(withoutMail(choicesColumn.read(choices), kind)) }
        await trx.updateTable('recipients').set(change).where('user_id', '=', userId).execute()
      })
    },
  }
}
export type RecipientPreferences = ReturnType<typeof recipientPreferences>
