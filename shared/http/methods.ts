import type { AnyElysia } from 'elysia'
import { AppError } from '../errors'
import type { Http } from '../http'

/** Parameters of one place may have other names in another route, which the router refuses. */
const placeOf = (path: string) => path.replace(/:\w+/g, ':part')

/**
 * Answers 405 with `Allow` on every documented path whose routes have other methods. Hidden routes, such as internal ones, are left out:
 * nobody learns that they exist. Which methods a path has stands in its document, so no token is asked for before it is told.
 */
export const otherMethods = (http: Http, { routes }: AnyElysia) => {
  const methods = new Map<string, Set<string>>()
  for (const { method, path, hooks } of routes) {
    if (hooks.detail?.hide) continue
    const known = methods.get(placeOf(path)) ?? new Set<string>()
    methods.set(placeOf(path), method === 'GET' ? known.add('GET').add('HEAD') : known.add(method))
  }
  const others = http('')
  for (const [place, known] of methods) {
    const allow = [...known].sort().join(', ')
    others.all(
      place,
      () => {
        throw new AppError('wrong_method', 'method_not_allowed', `Use one of the methods that this address has: ${allow}.`, { allow })
      },
      { detail: { hide: true } },
    )
  }
  return others
}
