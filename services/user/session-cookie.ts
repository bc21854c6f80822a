import { AppError } from '#shared/errors'
import { second } from '#shared/time'
import { idleLifeMs } from './sessions'

const cookie = 'shop_refresh'
// No route outside /auth gets it, and no page of another site sends it.
const attributes = 'Path=/auth; HttpOnly; SameSite=Strict'

/**
 * Refuses pages of other origins, also those of the same site (another port, a subdomain), whose requests bring the cookie. Browsers add
 * `Origin` to every POST, and no page can change it.
 */
const requireOwnPage = (headers: Headers): URL => {
  const origin = headers.get('origin')
  const url = origin !== null && URL.canParse(origin) ? new URL(origin) : undefined
  if (url && url.host === headers.get('x-forwarded-host')?.toLowerCase()) return url
  throw new AppError(
    'forbidden',
    'foreign_origin',
    'A session in a cookie is for pages of the shop itself; elsewhere keep the refresh token.',
  )
}

/** The refresh token that a page of the shop keeps in a cookie. */
export const sessionCookie = ({ headers }: Request) => {
  const page = requireOwnPage(headers)
  // The certificate may be a load balancer's, before which the gateway sees plain HTTP; the page knows.
  const secure = page.protocol === 'https:' || headers.get('x-forwarded-proto') === 'https' ? '; Secure' : ''
  return {
    /** Undefined when there is none, or two: then another host of this domain has set one of them. */
    read(): string | undefined {
      const [found, ...others] = (headers.get('cookie') ?? '').matchAll(/(?:^|;)\s*shop_refresh=([^;]*)/g)
      return others.length === 0 ? found?.[1] : undefined
    },
    keeping: (token: string) => `${cookie}=${token}; ${attributes}; Max-Age=${idleLifeMs / second}${secure}`,
    deleting: `${cookie}=; ${attributes}; Max-Age=0${secure}`,
  }
}
export type SessionCookie = ReturnType<typeof sessionCookie>
