import { call } from '../../kit/api'

/** Sends what was changed. When that is nothing, there is nothing to send. */
export const sendChange = async (path: string, change: object, headers: Record<string, string> = {}) => {
  if (Object.keys(change).length > 0) await call('PATCH', path, { body: change, headers })
}
