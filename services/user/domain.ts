import { conflict, invalid } from '#shared/errors'
import { day, hour, minute, second } from '#shared/time'
import { foldedName, mailboxOf } from './domain-email'
import { mixesScripts } from './domain-scripts'

/** One spelling for each mailbox, so that one mailbox has one account. */
export const emailOf = (given: string): string => {
  const email = mailboxOf(given)
  if (email === undefined) {
    throw invalid('invalid_input', 'Some fields are not as they should be; see errors.', [
      { path: '/email', message: 'Expected an e-mail address of at most 254 characters' },
    ])
  }
  return email
}

/** The name as shown, and the key that makes it unique regardless of case and of the width of letters. A name never contains an `@`. */
export const usernameOf = (given: string): { username: string; key: string } => {
  const username = given.normalize('NFKC').trim()
  if (!/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{1,63}$/u.test(username)) {
    throw invalid('invalid_input', 'Some fields are not as they should be; see errors.', [
      { path: '/username', message: 'Expected 2 to 64 letters, digits, dots, underscores or hyphens, a letter or digit first' },
    ])
  }
  if (mixesScripts(username)) {
    throw invalid('invalid_input', 'Some fields are not as they should be; see errors.', [
      { path: '/username', message: 'Expected letters of one script: letters of two can look the same' },
    ])
  }
  return { username, key: foldedName(username) }
}

export interface LoginName {
  by: 'email' | 'username_key'
  key: string
}

/** What a user typed to log in: an e-mail or a username. A malformed one is not an error, since no account has it. */
export const loginNameOf = ({ email, username }: { email?: string; username?: string }): LoginName => {
  const given = email ?? username
  if (given === undefined || (email !== undefined && username !== undefined))
    throw invalid('invalid_input', 'Send either email or username, and the password.', [
      { path: '/email', message: 'Expected email or username, one of the two' },
    ])
  const name = foldedName(given)
  return name.includes('@') ? { by: 'email', key: mailboxOf(name) ?? name } : { by: 'username_key', key: name }
}

/** The shop always keeps at least one active administrator. */
export const requireAnotherAdmin = (activeAdmins: readonly number[], leaving: number): void => {
  if (activeAdmins.length === 1 && activeAdmins[0] === leaving)
    throw conflict('last_admin', 'This is the last active administrator; give another account the role first.')
}

/** Other administrators lose their role first, which can be seen and undone. An erasure cannot. */
export const requireNoAdmin = (role: 'customer' | 'admin'): void => {
  if (role === 'admin')
    throw conflict(
      'admin_account',
      'This is the account of an administrator; make it a customer’s first (PATCH /api/users/:id), then erase it.',
    )
}

/** How many failures an account may have from one network before it must wait there. The wait doubles with each further failure. */
export const lockout = { freeFailures: 5, firstWaitMs: 30 * second, longestWaitMs: hour, forgetAfterMs: day }
export type Lockout = typeof lockout

/** Long enough for every verifier to fetch a key before the first token is signed with it. */
export const publishedBeforeMs = 11 * minute
const signsForMs = 30 * day

export interface KeyTimes {
  generation: number
  signs_from: Date
}

/** The newest key that may already sign. */
export const signingKey = <K extends KeyTimes>(keys: readonly K[], now: Date): K | undefined =>
  keys.filter(key => key.signs_from <= now).sort((a, b) => b.generation - a.generation)[0]

/** Whether the last token that the key can have signed has expired. A minute is added for clocks that differ. */
export const hasExpired = (key: KeyTimes, keys: readonly KeyTimes[], tokenLifeMs: number, now: Date): boolean =>
  keys.some(next => next.generation > key.generation && next.signs_from.getTime() + tokenLifeMs + minute < now.getTime())

export const rotationDue = (keys: readonly KeyTimes[], now: Date): boolean =>
  keys.every(key => key.signs_from.getTime() + signsForMs <= now.getTime())
