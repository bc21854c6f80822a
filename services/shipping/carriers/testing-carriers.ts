import { type TSchema, Type as t } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { closed, text } from '#shared/schema'

/** Fakes of the carriers' APIs, one server each. They refuse what the companies' own documents say is refused. */

interface FakeRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: Headers
  text: string
}
interface FakeState {
  status: string
  labels: unknown[]
  numbers: Map<string, string>
  cancelled: string[]
}
const refuse = (status: number) => new Response('{"errors":[{}]}', { status, headers: { 'content-type': 'application/json' } })

const fakeCarrierApi = (answer: (request: FakeRequest, state: FakeState) => Response) => {
  const state: FakeState = { status: '', labels: [], numbers: new Map(), cancelled: [] }
  let failing = false
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname: path, searchParams: query } = new URL(request.url)
      const { method, headers } = request
      return failing ? refuse(500) : answer({ method, path, query, headers, text: await request.text() }, state)
    },
  })
  return {
    url: server.url.href.replace(/\/$/, ''),
    /** The bodies of the labels that were made. */
    labels: () => state.labels,
    cancelled: () => state.cancelled,
    report: (status: string) => {
      state.status = status
    },
    fail: () => {
      failing = true
    },
    reset() {
      failing = false
      Object.assign(state, { status: '', labels: [], cancelled: [] })
      state.numbers.clear()
    },
    stop: () => server.stop(true),
  }
}

/** The number of a new label; a key gets the same one again. */
const makeLabel = (state: FakeState, body: unknown, key = `${state.numbers.size}`) => {
  const number = state.numbers.get(key) ?? `${1000 + state.numbers.size}`
  state.numbers.set(key, number)
  state.labels.push(body)
  return number
}
const cancelLabel = (state: FakeState, number: string | null) => {
  if (number === null || ![...state.numbers.values()].includes(number) || state.cancelled.includes(number)) return refuse(404)
  state.cancelled.push(number)
  return new Response(null, { status: 204 })
}
const jsonOf = (request: FakeRequest, schema: TSchema): unknown => {
  if (!request.headers.get('content-type')?.startsWith('application/json')) return undefined
  const body: unknown = JSON.parse(request.text)
  return Value.Check(schema, body) ? body : undefined
}
const Weight = t.Number({ exclusiveMinimum: 0 })

const DhlParty = closed({
  name1: text(50),
  addressStreet: text(50),
  additionalAddressInformation1: t.Optional(text(60)),
  postalCode: t.Optional(t.String({ pattern: '^[0-9A-Za-z]+([ -]?[0-9A-Za-z]+)*$' })),
  city: text(40),
  state: t.Optional(text(20)),
  country: t.String({ pattern: '^[A-Z]{3}$' }),
  phone: t.Optional(t.String({ minLength: 1, maxLength: 20 })),
})
const DhlOrder = closed({
  profile: t.Literal('STANDARD_GRUPPENPROFIL'),
  shipments: t.Array(
    closed({
      product: t.Union([t.Literal('V01PAK'), t.Literal('V53WPAK')]),
      billingNumber: t.String({ pattern: '^\\w{10}\\d{2}\\w{2}$' }),
      refNo: t.String({ minLength: 8, maxLength: 35 }),
      shipper: DhlParty,
      consignee: DhlParty,
      details: closed({ weight: closed({ uom: t.Literal('g'), value: Weight }) }),
    }),
    { minItems: 1, maxItems: 30 },
  ),
})

/** Parcel DE Shipping, with its key and a user's login, and Shipment Tracking, with a key of its own, on one server. */
export const fakeDhl = () =>
  fakeCarrierApi((request, state) => {
    const key = request.headers.get('dhl-api-key')
    if (request.path === '/track/shipments') {
      if (key !== 'k-track') return refuse(401)
      return Response.json({ shipments: [{ status: { statusCode: state.status } }] })
    }
    if (key !== 'k-ship' || request.headers.get('authorization') !== `Basic ${btoa('shop:p')}`) return refuse(401)
    if (request.path !== '/orders') return refuse(404)
    if (request.method === 'DELETE') return request.query.has('profile') ? cancelLabel(state, request.query.get('shipment')) : refuse(400)
    const body = jsonOf(request, DhlOrder)
    return body ? Response.json({ status: { statusCode: 200 }, items: [{ shipmentNo: makeLabel(state, body) }] }) : refuse(400)
  })

const FedexParty = closed({
  contact: closed({ personName: text(70), phoneNumber: t.String({ minLength: 5, maxLength: 15 }) }),
  address: closed({
    streetLines: t.Array(text(35), { minItems: 1, maxItems: 3 }),
    city: text(35),
    stateOrProvinceCode: t.Optional(t.String({ minLength: 2, maxLength: 2 })),
    postalCode: t.Optional(t.String({ maxLength: 10 })),
    countryCode: t.String({ pattern: '^[A-Z]{2}$' }),
  }),
})
const Account = closed({ value: t.Literal('740561073') })
const FedexShipment = closed({
  accountNumber: Account,
  labelResponseOptions: t.Union([t.Literal('URL_ONLY'), t.Literal('LABEL')]),
  requestedShipment: closed({
    shipper: FedexParty,
    recipients: t.Array(FedexParty, { minItems: 1, maxItems: 1 }),
    serviceType: t.String({ pattern: '^[A-Z_]+$' }),
    packagingType: t.Literal('YOUR_PACKAGING'),
    pickupType: t.Literal('USE_SCHEDULED_PICKUP'),
    shippingChargesPayment: closed({ paymentType: t.Literal('SENDER') }),
    labelSpecification: closed({ imageType: t.Literal('PDF'), labelStockType: t.Literal('PAPER_4X6') }),
    requestedPackageLineItems: t.Array(
      t.Object({ weight: closed({ units: t.Union([t.Literal('KG'), t.Literal('LB')]), value: Weight }) }),
      { minItems: 1 },
    ),
  }),
})
const FedexCancel = closed({ accountNumber: Account, trackingNumber: t.String({ minLength: 1 }), deletionControl: t.Optional(t.String()) })
const FedexTrack = closed({
  includeDetailedScans: t.Boolean(),
  trackingInfo: t.Array(closed({ trackingNumberInfo: closed({ trackingNumber: t.String({ minLength: 1 }) }) }), {
    minItems: 1,
    maxItems: 30,
  }),
})

export const fakeFedex = () => {
  let ended = 0
  const fake = fakeCarrierApi((request, state) => {
    const token = `fedex-token-${ended}`
    if (request.path === '/oauth/token') {
      if (!request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')) return refuse(415)
      const form = Object.fromEntries(new URLSearchParams(request.text))
      const known = { grant_type: 'client_credentials', client_id: 'us', client_secret: 's' }
      return Bun.deepEquals(form, known) ? Response.json({ access_token: token, token_type: 'bearer', expires_in: 3599 }) : refuse(401)
    }
    if (request.headers.get('authorization') !== `Bearer ${token}`) return refuse(401)
    if (request.path === '/ship/v1/shipments/cancel') {
      const body = request.method === 'PUT' && jsonOf(request, FedexCancel)
      return body ? cancelLabel(state, Value.Decode(FedexCancel, body).trackingNumber) : refuse(400)
    }
    if (request.path === '/track/v1/trackingnumbers') {
      if (!jsonOf(request, FedexTrack)) return refuse(400)
      const trackResults = [{ latestStatusDetail: { code: state.status } }]
      return Response.json({ output: { completeTrackResults: [{ trackResults }] } })
    }
    const body = request.path === '/ship/v1/shipments' && jsonOf(request, FedexShipment)
    return body ? Response.json({ output: { transactionShipments: [{ masterTrackingNumber: makeLabel(state, body) }] } }) : refuse(400)
  })
  /** The tokens that were given are no longer taken. */
  const endTokens = () => {
    ended++
  }
  return { ...fake, endTokens }
}

const HanjinParty = closed({ name: text(40), tel: text(20), zip: t.String(), addr: t.String({ pattern: '^[^,\\s]' }), country: t.String() })
const Waybill = closed({
  custEdiCd: t.Literal('C1'),
  custOrdNo: text(40),
  memo: t.String(),
  sender: HanjinParty,
  receiver: HanjinParty,
  boxCount: t.Literal(1),
  pieces: t.Integer({ minimum: 1 }),
  weightKg: Weight,
})

export const fakeHanjin = () =>
  fakeCarrierApi((request, state) => {
    if (request.headers.get('x-api-key') !== 'k-hanjin') return refuse(401)
    const number = request.path.split('/')[3]
    if (number !== undefined) return request.method === 'DELETE' ? cancelLabel(state, number) : Response.json({ statusCode: state.status })
    const body = jsonOf(request, Waybill)
    return body ? Response.json({ wblNo: makeLabel(state, body, request.headers.get('idempotency-key') ?? '') }) : refuse(400)
  })
