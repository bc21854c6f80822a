import { expect } from 'bun:test'
import { Secret, TOTP } from 'otpauth'
import type { ProductView } from '../../services/product/model'
import type { OwnReviewView, ReplyView } from '../../services/rating/model'
import type { List } from '../caller'
import { type Login, shop } from '../shop'
import { pieces, type Shopper, shopperOf } from '../shopper'

/** Letters that neither hexadecimal digits nor words are made of. */
const token = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => 'ghjkmnpqrtvwxyz'[byte % 15]).join('')
const digits = () => String(10_000_000_000 + Math.floor(Math.random() * 80_000_000_000))

/** What a person tells the shop. It must be nowhere once the account is erased. Each occurs nowhere else. */
export const personal = {
  name: `Žofie${token()}`,
  surname: `O"${token()}&Söhne`,
  username: token(),
  mailbox: `${token()}+tag`,
  mailDomain: `${token()}.example`,
  newMailbox: token(),
  phone: digits(),
  street: `Ærøvej ${token()}`,
  house: `"${token()}" & Sons`,
  city: token(),
  postalCode: token().slice(0, 9),
  label: token(),
  shipTo: `송파구${token()}`,
  shipToInstead: `${token()}<br>`,
  visitor: `${token()}-device`,
  device: `${token()}:push`,
  browser: `Browser ${token()}`,
  returnReason: token(),
  reportReason: token(),
  requestKey: token(),
  firstPassword: `a ${token()} password`,
  password: `another "${token()}" password`,
}
export const email = `${personal.mailbox}@${personal.mailDomain}`
const address = { line1: personal.street, line2: personal.house, city: personal.city, postal_code: personal.postalCode, country: 'DE' }
const keyed = (act: string) => ({ 'idempotency-key': `${personal.requestKey} ${act}` })

const signUp = async () => {
  const account = { username: personal.username, password: personal.firstPassword }
  const contact = { full_name: `${personal.name} ${personal.surname}`, phone: `+${personal.phone}`, address }
  await shop.guest.call('POST', '/auth/register', { body: { ...account, ...contact, email } })
  const logIn = (headers = {}) => shop.guest.call<Login & { refresh_token: string }>('POST', '/auth/login', { body: account, headers })
  const { access_token } = await logIn({ 'user-agent': personal.browser })
  const password = { current_password: account.password, new_password: personal.password }
  await shop.as(access_token).call('POST', '/api/users/me/password', { body: password })
  account.password = personal.password
  const login = await logIn({ 'user-agent': personal.browser })
  return {
    person: shopperOf(login.user_id, shop.as(login.access_token)),
    accessToken: login.access_token,
    refreshToken: login.refresh_token,
  }
}

const useAccount = async ({ call }: Shopper) => {
  await call('PATCH', '/api/users/me', { body: { email: `${personal.newMailbox}@example.com`, current_password: personal.password } })
  await call('POST', '/api/users/me/addresses', {
    body: { ...address, label: personal.label, is_default: true },
    headers: keyed('address'),
  })
  await shop.guest.call('POST', '/api/users/password/forgot', { body: { email } })
  const { secret } = await call<{ secret: string }>('POST', '/api/users/me/mfa', { body: { current_password: personal.password } })
  const body = { code: TOTP.generate({ secret: Secret.fromBase32(secret) }) }
  const { recovery_codes } = await call<{ recovery_codes: string[] }>('POST', '/api/users/me/mfa/verify', { body })
  return { mfaSecret: secret, recoveryCode: String(recovery_codes[0]) }
}

const useCatalog = async ({ call }: Shopper, product: ProductView) => {
  const keyword = encodeURIComponent(personal.name)
  await call('GET', `/api/search?keyword=${keyword}`)
  await shop.guest.call('GET', `/api/search?keyword=${keyword}`)
  await shop.guest.call('GET', `/api/search/suggestions?q=${keyword}`)
  const view = { product_id: product.id, guest_id: personal.visitor }
  await shop.guest.call('POST', '/api/search/views', { body: view })
  await call('POST', '/api/search/views', { body: view })
  await call('GET', '/api/recommendations/me')
  await call('PUT', `/api/favourites/${product.id}/watch`, { body: { price_drop: true, back_in_stock: true } })
  const { token: favourites } = await call<{ token: string }>('POST', '/api/favourites/share')
  expect((await shop.guest.call<List<unknown>>('GET', `/api/favourites/shared/${favourites}`)).items).toHaveLength(1)
  return favourites
}

const useCart = async ({ call }: Shopper, product: ProductView, coupon: string) => {
  await call('POST', '/api/cart/items', { body: { product_id: product.id, quantity: 3 } })
  await call('POST', '/api/cart/coupon', { body: { code: coupon } })
  await call('GET', '/api/cart')
  const { token: cart } = await call<{ token: string }>('POST', '/api/cart/share')
  return cart
}

/** One order is delivered and partly sent back, another is given up. */
const buy = async (buyer: Shopper, product: ProductView, coupon: string) => {
  const shipping_address = { ...address, line1: personal.shipTo, country: 'US', region: 'CA' }
  const ordered = await buyer.order({ ...pieces(product, 2), shipping_address, coupon_code: coupon }, keyed('order'))
  const placed = await buyer.untilOrder(ordered.body.id, 'awaiting_payment')
  const change = { shipping_address: { ...shipping_address, line1: personal.shipToInstead } }
  const moved = await buyer.call<typeof placed>('PATCH', `/api/orders/${placed.id}`, { body: change })
  expect((await buyer.pay(moved, {}, keyed('pay'))).status).toBe(201)
  const given = await buyer.place({ ...pieces(product), shipping_address })
  await buyer.cancel(given.id)
  await shop.deliver((await buyer.untilShipment(placed.id)).id)
  await buyer.untilOrder(placed.id, 'delivered')
  await buyer.untilOrder(given.id, 'cancelled')
  const body = { lines: [{ product_id: product.id, quantity: 1 }], reason: personal.returnReason }
  await buyer.call('POST', `/api/orders/${placed.id}/returns`, { body, headers: keyed('return') })
  return placed.id
}

const giveOpinions = async ({ call }: Shopper, product: ProductView) => {
  const other = await shop.shopper()
  const of = `/api/products/${product.id}/reviews`
  const others = await other.call<OwnReviewView>('POST', of, { body: { rating: 3, comment: 'It is fine.' } })
  const body = { rating: 5, title: 'Quiet', comment: 'Light to carry.', images: ['https://images.example.com/desk.jpg'] }
  const own = await call<OwnReviewView>('POST', of, { body, headers: keyed('review') })
  const react = (act: string, reaction: object) => call('POST', `/api/ratings/${others.id}/${act}`, { body: reaction, headers: keyed(act) })
  await react('helpful', { helpful: true })
  await react('replies', { comment: 'So it is.' })
  await react('report', { reason: personal.reportReason })
  const reply = await other.call<ReplyView>('POST', `/api/ratings/${others.id}/replies`, { body: { comment: 'Fine, I said.' } })
  await react(`replies/${reply.id}/report`, { reason: personal.reportReason })
  return { own, others }
}

const getMessages = async ({ call }: Shopper, accessToken: string) => {
  await call('PUT', '/api/notifications/preferences', { body: { language: 'ko', kinds: { order_placed: { sms: true } } } })
  await call('POST', '/api/notifications/devices', { body: { token: personal.device, platform: 'android' } })
  const headers = { authorization: `Bearer ${accessToken}`, 'last-event-id': '0' }
  const stream = await fetch(`${Bun.env.GATEWAY_URL}/api/notifications/stream`, { headers })
  const reader = stream.body?.getReader()
  expect((await reader?.read())?.done).toBe(false)
  await reader?.cancel()
}

/** What is refused is written down nowhere either, and what is only quoted neither. */
const makeMistakes = async ({ ask, call }: Shopper, product: ProductView) => {
  const refused = async (status: number, ...request: Parameters<typeof ask>) =>
    expect([request[1], (await ask(...request)).status]).toEqual([request[1], status])
  const account = { email, username: personal.username, password: personal.password, full_name: personal.name }
  await refused(409, 'POST', '/auth/register', { body: account })
  await refused(400, 'POST', '/auth/register', { body: { ...account, [personal.name]: personal.surname } })
  await refused(401, 'POST', '/auth/login', { body: { email, password: personal.firstPassword } })
  await refused(400, 'POST', '/api/users/me/addresses', { body: { ...address, country: personal.city } })
  await refused(400, 'GET', `/api/search?keyword=x&${encodeURIComponent(personal.name)}=1`)
  await refused(404, 'GET', `/api/${encodeURIComponent(personal.name)}`)
  await call('POST', '/api/shipping/quotes', { body: { address, items: pieces(product).items } })
  await call('POST', '/api/tax/quote', { body: { address, lines: [{ amount: 40 }] } })
}

/** Somebody registers, and uses all fourteen services. */
export const useEverything = async () => {
  const product = await shop.addProduct({ price: 40 })
  const coupon = await shop.addCoupon({ total_limit: 5, per_user_limit: 2 })
  const { person, ...tokens } = await signUp()
  const factors = await useAccount(person)
  await getMessages(person, tokens.accessToken)
  const favouritesToken = await useCatalog(person, product)
  const orderId = await buy(person, product, coupon.code)
  const reviews = await giveOpinions(person, product)
  await makeMistakes(person, product)
  const cartToken = await useCart(person, product, coupon.code)
  return {
    person,
    product,
    orderId,
    reviews,
    recoveryCode: factors.recoveryCode,
    secrets: { ...tokens, ...factors, favouritesToken, cartToken },
  }
}
