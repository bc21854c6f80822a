import { computed, signal } from '@preact/signals'
import { answerMfaChallenge, login, logout } from '../../sdk/src/api/auth.ts'
import { browserStore } from '../../sdk/src/store.ts'
import { call, shop } from './api'

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

export const person = signal<Person | undefined>(undefined)
/** False until it is known whether somebody is signed in. */
export const sessionKnown = signal(false)
/** A session ended that the visitor had not: the page says so and offers to sign in again. */
export const sessionEnded = signal(false)
export const signedIn = computed(() => person.value !== undefined)

const { session, connection } = shop

/** Loads the profile of whoever is signed in, also after it was changed. */
export async function reloadPerson() {
  person.value = session.user && (await call<Person>('GET', '/api/users/me'))
  if (person.value) sessionEnded.value = false
}

let profile: Promise<unknown> = Promise.resolve()
/** The sign-out that is under way. */
let leaving: Promise<unknown> | undefined
// Also what happens in other tabs: the SDK follows it.
session.onChange(user => {
  if (user) {
    profile = reloadPerson()
    profile.catch(() => {}) // whoever waits for it gets the error; in another tab nobody does
  } else if (person.value) {
    person.value = undefined
    sessionEnded.value = !leaving
  }
})

/** Continues the session of an earlier visit. */
export async function resumeSession() {
  const expected = browserStore('shop.session').read() !== undefined
  try {
    if (!(await session.resume()) && expected) sessionEnded.value = true
    await profile
  } catch {
    // Without an answer the page opens for a guest; the next request asks again.
  }
  sessionKnown.value = true
}

/** The profile of who has just signed in, also where reading it failed at an earlier try. */
async function arrive() {
  await profile.catch(() => {})
  if (person.value?.id !== session.user?.userId) await reloadPerson()
}

/** Resolves with a challenge when a code is asked for next. */
export async function signIn(given: { email?: string; username?: string; password: string }): Promise<string | undefined> {
  const answer = await login(shop, given)
  if ('challenge' in answer) return answer.challenge
  await arrive()
}

/** After the shop has ended all sessions, this one too: it goes on where a password is enough. Elsewhere the page asks to sign in. */
export async function signInAgain(password: string) {
  const email = person.value?.email
  if (!email) return
  const isIn = await signIn({ email, password }).then(
    challenge => challenge === undefined,
    () => false,
  )
  if (!isIn) await connection.keeper.end()
}

export async function answerChallenge(challenge: string, code: string) {
  await answerMfaChallenge(shop, { challenge, code })
  await arrive()
}

/** Ends the session here and in the shop: once, however often the button is clicked. Without an answer it is over here all the same. */
export function signOut(): Promise<unknown> {
  leaving ??= logout(shop)
    .catch(() => connection.keeper.end())
    .finally(() => {
      leaving = undefined
    })
  return leaving
}
