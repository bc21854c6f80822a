import { type ServiceName, services } from '#shared/platform'
import { servicePort } from '../ports'

/** Calls the services as the gateway does, past its rate limits: a seed sends more in a minute than a person. */
export const callServices = (portBase: number) => {
  const serviceOf = (path: string): ServiceName => {
    const [, root, resource = ''] = path.split(/[/?]/)
    if (root === 'auth') return 'user'
    const found = Object.entries(services).find(([, { resources }]) => (resources as readonly string[]).includes(resource))
    if (!found) throw new Error(`no service serves ${path}`)
    return found[0] as ServiceName
  }
  const as = (token?: string) => {
    const ask = async (method: string, path: string, body?: unknown) => {
      const answer = await fetch(`http://127.0.0.1:${servicePort(portBase, serviceOf(path))}${path}`, {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return { status: answer.status, body: text ? JSON.parse(text) : undefined, retryAfter: answer.headers.get('retry-after') }
    }
    /** The body of a successful answer; a status in `also` is one, too. A service that is busy is asked again, within a minute. */
    const call = async <T>(method: string, path: string, body?: unknown, also: readonly number[] = []): Promise<T> => {
      const giveUpAt = Date.now() + 60_000
      for (;;) {
        const answer = await ask(method, path, body)
        if (answer.status < 300 || also.includes(answer.status)) return answer.body
        if (answer.retryAfter === null || Date.now() > giveUpAt)
          throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
        await Bun.sleep(200)
      }
    }
    return { call }
  }
  return as
}
export type As = ReturnType<typeof callServices>
export type Caller = ReturnType<As>
