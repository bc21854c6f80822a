import { conflict, invalid } from '#shared/errors'

/** One spelling for one mailbox: without it, two accounts could share an address that only looks different. */
export const emailOf = (given: string): string => {
  const email = given.normalize('NFKC').trim().toLowerCase().normalize('NFKC')
  if (email.length > 254 || !/^[^\s@\p{C}]+@[^\s@\p{C}]+\.[^\s@\p{C}]+$/u.test(email)) {
    throw invalid('invalid_input', 'Some fields are not as they should be; see errors.', [
      { path: '/email', message: 'Expected an e-mail address of at most 254 characters' },
    ])
  }
  return email
}

/** The name as it is shown, and the key that makes it unique whatever its case or its look-alike letters. No name reads like an e-mail. */
export const usernameOf = (given: string): { username: string; key: string } => {
  const username = given.normalize('NFKC').trim()
  if (!/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{1,63}$/u.test(username)) {
    throw invalid('invalid_input', 'Some fields are not as they should be; see errors.', [
      { path: '/username', message: 'Expected 2 to 64 letters, digits, dots, underscores or hyphens, a letter or digit first' },
    ])
  }
  return { username, key: username.toLowerCase().normalize('NFKC') }
}

/** What somebody types to log in: an e-mail, or a name. Whatever it is, it is no error: nobody is called so, that is all. */
export const loginNameOf = ({ email, username }: { email?: string; username?: string }): { by: 'email' | 'username_key'; key: string } => {
  const given = email ?? username
  if (given === undefined || (email !== undefined && username !== undefined))
    throw invalid('invalid_input', 'Send either email or username, and the password.', [
      { path: '/email', message: 'Expected email or username, one of the two' },
    ])
  const key = given.normalize('NFKC').trim().toLowerCase().normalize('NFKC')
  return { by: key.includes('@') ? 'email' : 'username_key', key }
}

/** The shop must never be without somebody who can manage it. */
export const requireAnotherAdmin = (activeAdmins: readonly number[], leaving: number): void => {
  if (activeAdmins.length === 1 && activeAdmins[0] === leaving)
    throw conflict('last_admin', 'This is the last active administrator; give somebody else the role first.')
}

/** Failures an account has free from one address, and how long it then waits there: 30 s, doubled each time, an hour at most. */
export const lockout = { freeFailures: 5, firstWaitMs: 30_000, longestWaitMs: 3_600_000, forgetAfterMs: 24 * 3_600_000 }
export type Lockout = typeof lockout

const minute = 60_000
const day = 24 * 60 * minute

/** Long enough for every verifier to have fetched a key before it meets a token signed with it. */
export const publishedBeforeMs = 11 * minute
const signsForMs = 30 * day

export interface KeyTimes {
  generation: number
  signs_from: Date
}

/** The newest key whose time has come. */
export const signingKey = <K extends KeyTimes>(keys: readonly K[], now: Date): K | undefined =>
  keys.filter(key => key.signs_from <= now).sort((a, b) => b.generation - a.generation)[0]

/** A key is over when the last token that it can have signed has expired; a minute more for clocks that differ. */
export const isOver = (key: KeyTimes, keys: readonly KeyTimes[], tokenLifeMs: number, now: Date): boolean =>
  keys.some(next => next.generation > key.generation && next.signs_from.getTime() + tokenLifeMs + minute < now.getTime())

export const rotationDue = (keys: readonly KeyTimes[], now: Date): boolean =>
  keys.every(key => key.signs_from.getTime() + signsForMs <= now.getTime())
