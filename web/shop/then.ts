import { here, path, query } from '../kit/route'

/** Where to go after signing in: only to an address of this shop, since a link from elsewhere may name any. */
export const afterSignIn = () => {
  const to = query.value.get('then')
  return to?.startsWith('/') && !to.startsWith('//') ? to : '/'
}

/** Somebody comes back to this page, or from the pages to sign in and to open an account to where those lead. */
const then = () => `then=${encodeURIComponent(['/sign-in', '/register'].includes(path.value) ? afterSignIn() : here.value)}`
export const signInFromHere = () => `/sign-in?${then()}`
export const registerFromHere = () => `/register?${then()}`
