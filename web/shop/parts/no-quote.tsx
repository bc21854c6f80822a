import { useEffect } from 'preact/hooks'
import { Notice } from '../../kit/notice'
import { cartLoading, loadCart } from '../cart'
import { words } from '../words'

const everyMs = 5000

/** Says that the cart has no prices now. While it says so, they are asked for again. */
export function NoQuote() {
  useEffect(() => {
    const ask = () => {
      if (document.visibilityState === 'visible' && !cartLoading.peek()) void loadCart(undefined, { quietly: true })
    }
    const timer = setInterval(ask, everyMs)
    return () => clearInterval(timer)
  }, [])
  return <Notice tone="warn">{words.value.noQuote}</Notice>
}
