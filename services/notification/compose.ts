import { liveStreams } from '#shared/live-streams'
import type { Log } from '#shared/log'
import type { Fanout } from '#shared/redis'
import type { Channel, OutgoingChannel, WebhookVerifier } from './channels/channel'
import type { NotificationClients } from './clients'
import type { NotificationSql } from './database'
import { deliveryRepository } from './deliveries'
import { pushDevices } from './devices'
import { deliveryDrift } from './drift'
import { editedTemplates } from './edited-templates'
import { inAppMessages } from './messages'
import { messageView } from './model'
import { notificationPersonalData } from './personal-data'
import { recipientPreferences } from './preferences'
import { sending } from './send'
import { addressSuppressions } from './suppressions'
import { telling } from './tell'
import { unsubscribeLinks } from './unsubscribe-links'
import type { Links } from './values'
import { providerReports } from './webhooks'
import { surroundings, writing } from './write'

interface Ports {
  sql: NotificationSql
  clients: NotificationClients
  channels: Readonly<Record<OutgoingChannel, Channel>>
  verifiers: ReadonlyMap<string, WebhookVerifier>
  follow(onEntry: (entry: Record<string, string>) => void): Pick<Fanout, 'append'>
  log: Pick<Log, 'warn' | 'error'>
  /** The key of the unsubscribe links. */
  linkKey: string
  links: Links
  reviewRequestAfterMs: number
  showSecrets?: boolean
  heartbeatMs?: number
  sendMs?: number
  /** How long an event, or the report of a provider, waits for others to be handled together. */
  groupIntervalMs?: number
}

/** The use cases over one store. */
export const compose = ({ sql, clients, channels, verifiers, follow, log, linkKey, links, heartbeatMs, ...options }: Ports) => {
  const unsubscribes = unsubscribeLinks(linkKey)
  const templates = editedTemplates(sql)
  const letters = writing({ templates, clients, unsubscribes, links, log })
  const messages = inAppMessages({ sql, clients, writing: letters })
  const streams = liveStreams({
    follow,
    log,
    messagesAfter: async (userId, id, limit) =>
      (await messages.after(userId, id, limit)).map(message => ({ version: message.id, data: messageView(message) })),
    versionsOf: messages.newest,
    ...(heartbeatMs !== undefined && { heartbeatMs }),
  })
  const suppressions = addressSuppressions(sql)
  const devices = pushDevices({ sql, clients })
  const deliveries = deliveryRepository(sql)
  const preferences = recipientPreferences({ sql, unsubscribes })
  return {
    clients,
    messages,
    streams,
    templates,
    devices,
    deliveries,
    suppressions,
    preferences,
    unsubscribes,
    telling: telling({ sql, notify: streams.notify, log, groupIntervalMs: options.groupIntervalMs }),
    sending: sending({
      ...options,
      ...{ sql, channels, suppressions, log },
      writing: letters,
      surroundings: surroundings({ sql, clients, devices }),
      forgetDevice: devices.forget,
    }),
    reports: providerReports({ sql, verifiers, suppressions, log, groupIntervalMs: options.groupIntervalMs }),
    personalData: notificationPersonalData({ sql, preferences }),
    drift: deliveryDrift({ deliveries }),
    reviewRequestAfterMs: options.reviewRequestAfterMs,
    /** The language of the account may have changed: it is asked for again. */
    forgetLanguage: async (userId: number) => {
      await sql.db.updateTable('recipients').set({ account_language: null }).where('user_id', '=', userId).execute()
    },
  }
}
export type NotificationService = ReturnType<typeof compose>
