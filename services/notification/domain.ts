/** Where a message can reach a person. */
export const channels = ['in_app', 'email', 'sms', 'push'] as const
export type ChannelName = (typeof channels)[number]

/**
 * What a message is to its reader. `critical` messages guard the account: they ignore preferences, quiet hours and the suppression list.
 * `order` messages are about the reader's own business with the shop. `marketing` messages can be stopped by one click.
 */
export const classes = ['critical', 'order', 'marketing'] as const
export type KindClass = (typeof classes)[number]

export const languages = ['en', 'ko', 'zh', 'vi'] as const
export type Language = (typeof languages)[number]

interface KindInfo {
  class: KindClass
  /** The channels of a user who has chosen none. */
  channels: readonly ChannelName[]
  /** Sent to every administrator, and to nobody else. */
  admins?: true
  /** Collected: its mails go out as one, at most once an hour. */
  collected?: true
  /** Carries a secret of the reader, or is too long for one line: it is sent by mail only, whatever is chosen. */
  mailOnly?: true
}

const inApp = ['in_app'] as const
const everywhere = ['in_app', 'email', 'push'] as const
const withMail = ['in_app', 'email'] as const

export const kindNames = [
  'welcome',
  'verify_email',
  'password_reset',
  'email_change',
  'password_changed',
  'new_sign_in',
  'order_placed',
  'payment_pending',
  'order_paid',
  'order_cancelled',
  'order_shipped',
  'ready_for_pickup',
  'order_delivered',
  'order_refunded',
  'return_approved',
  'return_rejected',
  'review_request',
  'price_drop',
  'back_in_stock',
  'low_stock',
  'review_waiting',
  'return_requested',
  'digest',
] as const
export type Kind = (typeof kindNames)[number]
/** A newer release may have stored others, before somebody went back to this one. */
export const isKnown = ({ kind }: { kind: string }): boolean => kindNames.some(name => name === kind)

export const kinds: Readonly<Record<Kind, KindInfo>> = {
  welcome: { class: 'order', channels: withMail },
  verify_email: { class: 'critical', channels: ['email'], mailOnly: true },
  password_reset: { class: 'critical', channels: ['email'], mailOnly: true },
  /** Warnings: their mails go to the address that the account had when it happened. */
  email_change: { class: 'critical', channels: withMail },
  password_changed: { class: 'critical', channels: withMail },
  new_sign_in: { class: 'critical', channels: withMail },
  order_placed: { class: 'order', channels: withMail },
  /** The shop waits for a bank transfer. The message says which account and reference it needs, and by when. */
  payment_pending: { class: 'order', channels: withMail },
  order_paid: { class: 'order', channels: withMail },
  order_cancelled: { class: 'order', channels: everywhere },
  order_shipped: { class: 'order', channels: everywhere },
  /** In place of `order_shipped`, for a buyer who collects the order. */
  ready_for_pickup: { class: 'order', channels: everywhere },
  order_delivered: { class: 'order', channels: everywhere },
  order_refunded: { class: 'order', channels: withMail },
  return_approved: { class: 'order', channels: withMail },
  return_rejected: { class: 'order', channels: withMail },
  review_request: { class: 'marketing', channels: withMail },
  price_drop: { class: 'marketing', channels: everywhere, collected: true },
  back_in_stock: { class: 'marketing', channels: everywhere, collected: true },
  low_stock: { class: 'order', channels: withMail, admins: true },
  review_waiting: { class: 'order', channels: inApp, admins: true },
  return_requested: { class: 'order', channels: withMail, admins: true },
  /** The mail that `collected` kinds go out in. */
  digest: { class: 'marketing', channels: ['email'], mailOnly: true },
}
