import type { Kind } from './domain'

/** What a message says, in one language. All of it is Liquid; nothing of it is HTML, so that the mail's two parts come from the same words. */
export interface Words {
  subject: string
  /** One line for the list in the shop, for a phone and for SMS. It carries no secret. */
  short: string
  /** What a mail program shows after the subject. */
  preheader: string
  heading: string
  paragraphs: readonly string[]
  /** A label, its value, and the value that must be there for the row to be shown. */
  rows?: readonly (readonly [label: string, value: string, when?: string])[]
  button: string
  /** Said below the button. */
  after?: readonly string[]
}

/** What all messages of a language share. */
export interface Phrases {
  greeting: string
  /** For a reader whose name is not known. */
  greetingWithoutName: string
  /** Between a label and what it labels. */
  colon: string
  buttonHint: string
  /** Why the reader gets an order's mail, an administrator's, and one that can be stopped. */
  because: Record<'critical' | 'order' | 'marketing' | 'admins', string>
  unsubscribe: string
  /** The lines of a digest. `item` is the product. */
  cheaper: string
  back: string
}

/** What is said about orders. Each language has a file of its own for it. */
export type OrderWords = Record<Extract<Kind, `order_${string}` | `return_${string}` | 'ready_for_pickup' | 'payment_pending'>, Words>

/** One text for a buyer who collects the order, and one for the others. */
export const ifCollected = (collected: string, sent: string) =>
  `{% if shipping_option == "pickup" %}${collected}{% else %}${sent}{% endif %}`

export interface LanguageTexts {
  phrases: Phrases
  words: Record<Kind, Words>
}
