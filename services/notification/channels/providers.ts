import type { Channel, OutgoingChannel, ProviderEvent, WebhookVerifier } from './channel'
import { type FcmOptions, fcmChannel } from './fcm'
import { sandboxChannel } from './sandbox'
import { sandboxWebhooks } from './sandbox-webhooks'
import { type SendGridOptions, sendgridChannel } from './sendgrid'
import { sendgridWebhooks } from './sendgrid-webhooks'
import type { SmtpOptions } from './smtp'
import { type TwilioOptions, twilioChannel, twilioWebhooks } from './twilio'

export const emailProviders = ['sandbox', 'smtp', 'sendgrid'] as const
export const smsProviders = ['sandbox', 'twilio'] as const
export const pushProviders = ['sandbox', 'fcm'] as const

/** The choices of this deployment. A provider that is chosen needs its settings; one that is not chosen may have them, so that what it still reports is heard. */
export interface ChannelSettings {
  email: (typeof emailProviders)[number]
  sms: (typeof smsProviders)[number]
  push: (typeof pushProviders)[number]
  /** Whom mails come from. */
  sender: { name: string; address: string }
  /** Whoever knows it can report bounces for the sandbox. Without it, nobody can. */
  sandboxSecret?: string | undefined
  smtp?: Omit<SmtpOptions, 'sender'> | undefined
  sendgrid?: (Omit<SendGridOptions, 'sender'> & { webhookKey?: string | undefined }) | undefined
  twilio?: TwilioOptions | undefined
  fcm?: FcmOptions | undefined
  /** Told what the sandbox would report by webhook. */
  report?: ((event: ProviderEvent) => Promise<void> | void) | undefined
}

export interface Channels extends Record<OutgoingChannel, Channel> {
  /** By the name of the provider, as it stands in the path of its webhook. */
  verifiers: ReadonlyMap<string, WebhookVerifier>
  close(): void
}

const needed = <Settings>(settings: Settings | undefined, provider: string): Settings => {
  if (settings === undefined) throw new Error(`messages are to go out by ${provider}, but its settings are missing`)
  return settings
}

/** Loaded on demand: nodemailer takes 6 MB of memory. */
const openSmtp = async (options: SmtpOptions) => (await import('./smtp')).smtpChannel(options)

export const channelsFor = async (settings: ChannelSettings): Promise<Channels> => {
  const { sender, report, sendgrid, twilio, sandboxSecret } = settings
  const smtp = settings.email === 'smtp' ? await openSmtp({ ...needed(settings.smtp, 'smtp'), sender }) : undefined
  const email = () =>
    settings.email === 'sendgrid'
      ? sendgridChannel({ ...needed(sendgrid, 'sendgrid'), sender })
      : sandboxChannel({ channel: 'email', report })
  const verifiers = new Map<string, WebhookVerifier>()
  if ([settings.email, settings.sms, settings.push].includes('sandbox') && sandboxSecret)
    verifiers.set('sandbox', sandboxWebhooks(sandboxSecret))
  if (sendgrid?.webhookKey) verifiers.set('sendgrid', sendgridWebhooks(sendgrid.webhookKey))
  if (twilio?.statusCallback !== undefined)
    verifiers.set('twilio', twilioWebhooks({ authToken: twilio.authToken, statusCallback: twilio.statusCallback }))
  return {
    email: smtp ?? email(),
    sms: settings.sms === 'twilio' ? twilioChannel(needed(twilio, 'twilio')) : sandboxChannel({ channel: 'sms', report }),
    push: settings.push === 'fcm' ? fcmChannel(needed(settings.fcm, 'fcm')) : sandboxChannel({ channel: 'push', report }),
    verifiers,
    close: () => smtp?.close(),
  }
}
