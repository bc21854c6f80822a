import Stripe from 'stripe'

const secretKey = 'sk_test_of_the_fake'
const stripeWebhookSecret = 'whsec_of_the_fake'

interface Intent {
  id: string
  object: 'payment_intent'
  amount: number
  currency: string
  status: string
  metadata: Record<string, string>
  created: number
  client_secret: string
  next_action: object | null
  last_payment_error: object | null
}
interface Refund {
  id: string
  object: 'refund'
  amount: number
  currency: string
  status: string
  payment_intent: string
  metadata: Record<string, string>
  created: number
}

/** The part of Stripe's API that we use. It checks the API key, requests repeated under one idempotency key, and amounts. */
export const fakeStripe = () => {
  const intents = new Map<string, Intent>()
  const refunds: Refund[] = []
  const answers = new Map<string, { question: string; answer: [number, object] }>()
  const keys: string[] = []
  let isLost: ((path: string) => boolean) | undefined
  const now = () => Math.floor(Date.now() / 1000)
  const error = (status: number, fields: object): [number, object] => [status, { error: fields }]
  const invalid = (message: string) => error(400, { type: 'invalid_request_error', message })

  const metadataOf = (form: URLSearchParams) =>
    Object.fromEntries([...form].flatMap(([name, value]) => (name.startsWith('metadata[') ? [[name.slice(9, -1), value]] : [])))

  const createIntent = (form: URLSearchParams): [number, object] => {
    const amount = Number(form.get('amount'))
    if (!Number.isSafeInteger(amount) || amount < 50) return invalid('amount_too_small')
    const token = form.get('payment_method')
    const id = `pi_${crypto.randomUUID()}`
    const intent: Intent = {
      id,
      object: 'payment_intent',
      amount,
      currency: form.get('currency') ?? '',
      status:
        token === 'pm_3ds' ? 'requires_action' : token === 'pm_auth' ? 'requires_capture' : token ? 'succeeded' : 'requires_payment_method',
      metadata: metadataOf(form),
      created: now(),
      client_secret: `${id}_secret`,
      next_action: token === 'pm_3ds' ? { type: 'redirect_to_url', redirect_to_url: { url: 'https://bank.example/3ds' } } : null,
      last_payment_error: null,
    }
    intents.set(id, intent)
    if (token !== 'pm_declined') return [200, intent]
    const declined = { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds', message: 'no' }
    Object.assign(intent, { status: 'requires_payment_method', last_payment_error: declined })
    return error(402, { ...declined, payment_intent: intent })
  }
  const changeIntent = (id: string, act: string): [number, object] => {
    const intent = intents.get(id)
    if (!intent) return error(404, { type: 'invalid_request_error', message: 'none' })
    const may = act === 'capture' ? intent.status === 'requires_capture' : !['processing', 'succeeded', 'canceled'].includes(intent.status)
    if (!may) return error(400, { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message: intent.status })
    intent.status = act === 'capture' ? 'succeeded' : 'canceled'
    return [200, intent]
  }
  const createRefund = (form: URLSearchParams): [number, object] => {
    const intent = intents.get(form.get('payment_intent') ?? '')
    const amount = Number(form.get('amount'))
    const before = refunds.filter(one => one.payment_intent === intent?.id).reduce((sum, one) => sum + one.amount, 0)
    if (intent?.status !== 'succeeded' || before + amount > intent.amount) return invalid('more than was charged')
    const { id: payment_intent, currency } = intent
    const refund: Refund = {
      id: `re_${crypto.randomUUID()}`,
      object: 'refund',
      amount,
      currency,
      status: 'succeeded',
      payment_intent,
      metadata: metadataOf(form),
      created: now(),
    }
    refunds.push(refund)
    return [200, refund]
  }
  const list = (data: readonly object[]): [number, object] => [200, { object: 'list', data, has_more: false, url: '/v1' }]

  const answerTo = (method: string, path: string, form: URLSearchParams, query: URLSearchParams): [number, object] => {
    const [, , what = '', id, act] = path.split('/')
    if (method === 'POST' && what === 'payment_intents') return id && act ? changeIntent(id, act) : createIntent(form)
    if (method === 'POST' && what === 'refunds') return createRefund(form)
    if (what === 'payment_intents' && id) return intents.has(id) ? [200, intents.get(id)!] : invalid('none')
    if (what === 'payment_intents') return list([...intents.values()].filter(({ created }) => created >= Number(query.get('created[gte]'))))
    if (what === 'refunds')
      return list(refunds.filter(one => !query.has('payment_intent') || one.payment_intent === query.get('payment_intent')))
    const charged = [...intents.values()].filter(({ status }) => status === 'succeeded')
    return list(
      charged.map(({ id, amount, currency, created }) => ({
        id: `ch_${id}`,
        object: 'charge',
        payment_intent: id,
        amount_captured: amount,
        currency,
        created,
      })),
    )
  }

  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url)
      if (request.headers.get('authorization') !== `Bearer ${secretKey}`)
        return Response.json({ error: { type: 'authentication_error' } }, { status: 401 })
      const text = await request.text()
      const key = request.headers.get('idempotency-key')
      const question = `${pathname} ${text}`
      const known = key ? answers.get(key) : undefined
      if (known && known.question !== question)
        return Response.json({ error: { type: 'idempotency_error', message: 'other parameters' } }, { status: 400 })
      const answer = known?.answer ?? answerTo(request.method, pathname, new URLSearchParams(text), searchParams)
      if (key) {
        answers.set(key, { question, answer })
        keys.push(key)
      }
      if (isLost?.(pathname)) return Response.json({ error: { type: 'api_error', message: 'lost' } }, { status: 500 })
      return Response.json(answer[1], { status: answer[0] })
    },
  })
  const signer = new Stripe(secretKey)
  return {
    intents,
    refunds,
    keys,
    options: { key: secretKey, webhookSecret: stripeWebhookSecret, url: `http://127.0.0.1:${server.port}` },
    /** Carries out these requests, but answers with an error. */
    loseAnswers: (when: typeof isLost) => (isLost = when),
    /** A webhook about an intent in its present state. */
    webhook: async (type: string, intent: object, { secret = stripeWebhookSecret, at = new Date() } = {}) => {
      const body = JSON.stringify({ id: `evt_${crypto.randomUUID()}`, object: 'event', type, data: { object: intent } })
      const timestamp = Math.floor(at.getTime() / 1000)
      return {
        body,
        headers: { 'stripe-signature': await signer.webhooks.generateTestHeaderStringAsync({ payload: body, secret, timestamp }) },
      }
    },
    stop: () => server.stop(true),
  }
}
