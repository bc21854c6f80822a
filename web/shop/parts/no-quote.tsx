import { useEffect } from 'preact/hooks'
import { Notice } from '../../kit/notice'
import { cart, cartLoading, loadCart } from '../cart'
import { words } from '../words'

const everyMs = 5000

/** Says why the cart has no prices. Where waiting helps, they are asked for again. */
export function NoQuote() {
  const w = words.value
  const refusal = cart.value?.quote_refusal
  useEffect(() => {
    if (refusal) return
    const ask = () => {
      if (document.visibilityState === 'visible' && !cartLoading.peek()) void loadCart(undefined, { quietly: true })
    }
    const timer = setInterval(ask, everyMs)
    return () => clearInterval(timer)
  }, [refusal])
  return <Notice tone="warn">{refusal ? w.problem(refusal) : w.noQuote}</Notice>
}
