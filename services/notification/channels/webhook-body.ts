import { AppError, invalid } from '#shared/errors'

const maxBytes = 1024 * 1024
/** More than a provider puts into one webhook. */
export const maxEvents = 5000

export const invalidWebhook = () =>
  invalid(
    'invalid_webhook',
    'The webhook is signed, but its body is not an event. Send the fields that the documentation of this route lists.',
  )

/** Before anything is read or verified: signatures cost time, too. */
export const requireBounded = (raw: Uint8Array) => {
  if (raw.length > maxBytes) throw new AppError('too_large', 'payload_too_large', 'The webhook is over 1 MiB. Send its events in several.')
}

export const jsonOf = (raw: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw))
  } catch {
    throw invalidWebhook()
  }
}
