import { type CarrierName, type CarrierSettings, type Carriers, carrierNames, carriers } from './carrier'
import { dhlCarrier } from './dhl'
import { fedexCarrier } from './fedex'
import { hanjinCarrier } from './hanjin'
import { sandboxCarrier } from './sandbox'

const minute = 60_000

/** The carriers by the environment: one is there once its URL is set, the sandbox always. */
export const carriersBy = ({ integer, optional, text, oneOf }: CarrierSettings): Carriers => {
  const usual: CarrierName = oneOf('CARRIER', carrierNames, 'sandbox')
  const askAgainMs = integer('CARRIER_POLL_MS', 15 * minute)
  const dhl = optional('DHL_URL')
  const fedex = optional('FEDEX_URL')
  const hanjin = optional('HANJIN_URL')
  return carriers(
    {
      // Slow enough that a parcel can be moved by hand, or its order cancelled, before.
      sandbox: sandboxCarrier({ stepMs: integer('SANDBOX_CARRIER_STEP_MS', 60 * minute) }),
      ...(dhl && { dhl: dhlCarrier({ url: dhl, key: text('DHL_KEY'), askAgainMs }) }),
      ...(fedex && {
        fedex: fedexCarrier({ url: fedex, clientId: text('FEDEX_CLIENT_ID'), clientSecret: text('FEDEX_CLIENT_SECRET'), askAgainMs }),
      }),
      ...(hanjin && { hanjin: hanjinCarrier({ url: hanjin, key: text('HANJIN_KEY'), askAgainMs }) }),
    },
    usual,
  )
}
