import { type Subscription, subscribe as subscribeTo } from '../../sdk/src/events.ts'
import { shop } from './api'

export type { ShopEvent } from '../../sdk/src/events.ts'

/**
 * Follows a live stream until `signal` ends it: reconnects, and continues after the last event. Rejects when the stream does not exist or may not be read.
 */
export const subscribe = <Data = unknown>(path: string, subscription: Subscription<Data>): Promise<void> =>
  subscribeTo<Data>(shop, path, subscription)
