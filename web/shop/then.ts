import { here, path, query } from '../kit/route'

/** Where to sign in, to come back to this page afterwards. */
export const signInFromHere = () => `/sign-in?then=${encodeURIComponent(here.value)}`

/** Where to go after signing in: only to an address of this shop, since a link from elsewhere may name any. */
export const afterSignIn = () => {
  const to = query.value.get('then')
  return to?.startsWith('/') && !to.startsWith('//') ? to : '/'
}

/** Where to sign in from where an account is opened, to come back to where that would lead. */
export const signInInstead = () => (path.value === '/register' ? `/sign-in?then=${encodeURIComponent(afterSignIn())}` : signInFromHere())

/** Where to open an account, to come back to where signing in would lead. */
export const registerFromHere = () => `/register?then=${encodeURIComponent(path.value === '/sign-in' ? afterSignIn() : here.value)}`
