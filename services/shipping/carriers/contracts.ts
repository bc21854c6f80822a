import type { Settings } from '#shared/config'
import { conflict } from '#shared/errors'
import { hour, minute } from '#shared/time'
import { type Carrier, type CarrierName, carrierNames, type Sender } from './carrier'
import { dhlCarrier } from './dhl'
import { fedexCarrier } from './fedex'
import { hanjinCarrier } from './hanjin'
import { sandboxCarrier } from './sandbox'
import { sendersFrom } from './senders'

/** The sandbox sends nothing, so it needs no address to send it from. */
const sandboxSender = (_warehouse?: string): Sender => ({ name: 'The shop', phone: '', line1: 'Nowhere 1', city: 'Nowhere', country: 'US' })

/** The carriers that this shop has a contract with, one of which takes a shipment when none is named. */
export const carrierContracts = (
  adapters: Partial<Record<CarrierName, Carrier>>,
  defaultCarrier: CarrierName,
  senderOf = sandboxSender,
) => {
  const find = (name: string): Carrier | undefined => {
    const known = carrierNames.find(one => one === name)
    return known && adapters[known]
  }
  if (!adapters[defaultCarrier]) throw new Error(`CARRIER is ${defaultCarrier}, whose own settings are missing`)
  return {
    /** The name to store with a new shipment. */
    choose(name: string = defaultCarrier): string {
      if (!find(name)) throw conflict('carrier_not_configured', `This shop has no contract with ${name}; choose another carrier.`)
      return name
    },
    /** The carrier of a stored shipment. */
    carrierOf(name: string): Carrier {
      const found = find(name)
      if (!found) throw new Error(`${name} has parcels under way, and its settings are missing`)
      return found
    },
    senderOf,
  }
}
export type CarrierContracts = ReturnType<typeof carrierContracts>

/** There is always the sandbox; every other carrier is there once its URL is set. */
export const contractsFromSettings = ({
  integer,
  optional,
  text,
  oneOf,
}: Pick<Settings, 'integer' | 'optional' | 'text' | 'oneOf'>): CarrierContracts => {
  const defaultCarrier: CarrierName = oneOf('CARRIER', carrierNames, 'sandbox')
  const pollMs = integer('CARRIER_POLL_MS', 15 * minute)
  const [dhl, fedex, hanjin] = [optional('DHL_SHIPPING_URL'), optional('FEDEX_URL'), optional('HANJIN_URL')]
  return carrierContracts(
    {
      // An hour a step leaves time to move a parcel by hand, or to cancel its order.
      sandbox: sandboxCarrier({ stepMs: integer('SANDBOX_CARRIER_STEP_MS', hour) }),
      ...(dhl && {
        dhl: dhlCarrier({
          shipping: {
            url: dhl,
            key: text('DHL_SHIPPING_KEY'),
            user: text('DHL_USER'),
            password: text('DHL_PASSWORD'),
            customerNumber: text('DHL_CUSTOMER_NUMBER'),
          },
          tracking: { url: text('DHL_TRACKING_URL', 'https://api-eu.dhl.com'), key: text('DHL_TRACKING_KEY') },
          pollMs,
        }),
      }),
      ...(fedex && {
        fedex: fedexCarrier({
          url: fedex,
          clientId: text('FEDEX_CLIENT_ID'),
          clientSecret: text('FEDEX_CLIENT_SECRET'),
          accountNumber: text('FEDEX_ACCOUNT_NUMBER'),
          pollMs,
        }),
      }),
      ...(hanjin && {
        hanjin: hanjinCarrier({ url: hanjin, key: text('HANJIN_KEY'), customerCode: text('HANJIN_CUSTOMER_CODE'), pollMs }),
      }),
    },
    defaultCarrier,
    dhl || fedex || hanjin ? sendersFrom(optional('SHIP_FROM')) : undefined,
  )
}
