import { login, register } from '../../sdk/src/api/auth.ts'
import type { Product } from '../../sdk/src/api/model.ts'
import { placeOrder } from '../../sdk/src/api/orders.ts'
import { payOrder } from '../../sdk/src/api/payments.ts'
import { listProducts } from '../../sdk/src/api/products.ts'
import { createShop } from '../../sdk/src/shop.ts'
import { useAction } from '../kit/action'
import { Button } from '../kit/button'
import { Problem, say } from '../kit/notice'

/** How each demo order is paid: three at once, one after a late webhook, one is declined, and one is left to its deadline. */
const payments = ['tok_success', 'tok_success', 'tok_success', 'tok_late_webhook', 'tok_decline', undefined]

const random = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), byte => byte.toString(16).padStart(2, '0')).join('')

/** A customer of their own, so that nobody's orders or carts are touched. The session is this function's, and ends with it. */
const demoCustomer = async () => {
  const shop = createShop()
  const name = `demo-${random()}`
  const account = { email: `${name}@shop.example`, username: name, password: random() + random() }
  await register(shop, { ...account, full_name: 'Demo Customer' })
  await login(shop, { username: account.username, password: account.password })
  return shop
}

const isBuyable = ({ stock, variants, status }: Product) => status === 'active' && stock > 10 && variants.length === 0

/** Places a few orders by the same public routes as the shop's pages. */
const placeSome = async () => {
  const shop = await demoCustomer()
  const { items } = await listProducts(shop, { limit: 50 })
  const products = items.filter(isBuyable)
  if (products.length === 0) throw new Error('No product without variants is in stock.')
  for (const [index, token] of payments.entries()) {
    const product = products[index % products.length]
    if (!product) continue
    const order = await placeOrder(shop, {
      items: [{ product_id: product.id, quantity: 1 + (index % 2) }],
      shipping_address: { line1: '1 Demo Street', city: 'Seoul', postal_code: '04524', country: 'KR' },
    })
    if (token)
      await payOrder(shop, {
        order_id: order.id,
        amount: order.total_amount,
        currency: order.currency,
        payment_method: 'credit_card',
        payment_token: token,
      })
  }
}

/** Only where the shop plays its payments: elsewhere these would be real orders. */
export function DemoOrders({ sandbox }: { sandbox: boolean | undefined }) {
  const action = useAction(async () => {
    await placeSome()
    say(`${payments.length} demo orders are placed`)
  })
  if (!sandbox) return null
  return (
    <div class="grid gap-2">
      <Button look="main" busy={action.busy} onClick={() => action.run()}>
        Place demo orders
      </Button>
      <Problem problem={action.problem} />
    </div>
  )
}
