import { computed, signal } from '@preact/signals'
import { bodyOf, ShopError, send } from './request'

/** Who is signed in. The access token stays in memory; the refresh token is in a cookie that no script can read. */
export interface Person {
  id: number
  email: string
  username: string
  full_name: string
  role: string
  language: string
  mfa_enabled: boolean
}
interface Tokens {
  access_token: string
  expires_in: number
}
interface Challenge {
  mfa_required: true
  challenge: string
}

const inCookie = { session: 'cookie' } as const
/** Says only that there may be a cookie, so that a guest's page asks for no session. */
const hint = 'signed-in'
const tabs = new BroadcastChannel('session')

let access: { token: string; until: number } | undefined
export const person = signal<Person | undefined>(undefined)
/** False until it is known whether somebody is signed in. */
export const sessionKnown = signal(false)
/** A session ended that the visitor had not: the page says so and offers to sign in again. */
export const sessionEnded = signal(false)
export const signedIn = computed(() => person.value !== undefined)

const forget = () => {
  access = undefined
  person.value = undefined
  localStorage.removeItem(hint)
}

async function take(tokens: Tokens) {
  // A little before its end, so that no request arrives with a token that has just expired.
  access = { token: tokens.access_token, until: Date.now() + (tokens.expires_in - 20) * 1000 }
  localStorage.setItem(hint, '1')
  if (!person.value) person.value = await bodyOf<Person>(await send('GET', '/api/users/me', {}, tokens.access_token))
  sessionEnded.value = false
}

let refreshing: Promise<void> | undefined

/** One refresh at a time, over all tabs: each refresh token works once. */
const refresh = () => {
  refreshing ??= navigator.locks
    .request('session', async () => {
      if (access && access.until > Date.now()) return
      await take(await bodyOf<Tokens>(await send('POST', '/auth/refresh', { body: inCookie })))
    })
    .catch(error => {
      if (!(error instanceof ShopError) || ![400, 401, 403].includes(error.status)) throw error
      sessionEnded.value = true
      forget()
    })
    .finally(() => {
      refreshing = undefined
    })
  return refreshing
}

/** The token to send, renewed where it has to be; undefined for a guest. */
export async function accessToken(): Promise<string | undefined> {
  if (access && access.until > Date.now()) return access.token
  if (!localStorage.getItem(hint)) return undefined
  await refresh()
  return access?.token
}

/** After a 401: the token may have been taken back before its time. */
export function renewedToken(refused: string) {
  if (access?.token === refused) access = undefined
  return accessToken()
}

/** Continues the session of an earlier visit. */
export async function resumeSession() {
  try {
    await accessToken()
  } catch {
    // Without an answer the page opens for a guest; the next request asks again.
  }
  sessionKnown.value = true
}

/** Resolves with a challenge when a code is asked for next. */
export async function signIn(login: { email?: string; username?: string; password: string }): Promise<string | undefined> {
  const answer = await bodyOf<Tokens | Challenge>(await send('POST', '/auth/login', { body: { ...login, ...inCookie } }))
  if ('challenge' in answer) return answer.challenge
  await signedInWith(answer)
}

export async function answerChallenge(challenge: string, code: string) {
  await signedInWith(await bodyOf<Tokens>(await send('POST', '/auth/login/mfa', { body: { challenge, code, ...inCookie } })))
}

async function signedInWith(tokens: Tokens) {
  forget()
  await take(tokens)
  tabs.postMessage('signed in')
}

/** Ends the session here and in the shop. Without an answer it is over here all the same. */
export async function signOut() {
  const token = access?.token
  forget()
  tabs.postMessage('signed out')
  await send('POST', '/auth/logout', { body: inCookie }, token).catch(() => {})
}

/** Loads the profile anew after it was changed. */
export async function reloadPerson() {
  const token = await accessToken()
  if (token) person.value = await bodyOf<Person>(await send('GET', '/api/users/me', {}, token))
}

// Somebody signed in or out in another tab.
tabs.onmessage = ({ data }) => {
  if (data === 'signed out') forget()
  else void resumeSession()
}
