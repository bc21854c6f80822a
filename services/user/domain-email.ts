import { domainToASCII } from 'node:url'

const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** Case and the width of letters make no difference. */
export const foldedName = (given: string) => given.normalize('NFKC').trim().toLowerCase().normalize('NFKC')

/**
 * One spelling for each mailbox, or undefined for what is not a plain address: comments, quotes and angle brackets are not.
 * A domain in the letters of a language becomes its ASCII form, and loses the full stop that may end it.
 */
export const mailboxOf = (given: string): string | undefined => {
  const [local = '', domain = '', ...rest] = foldedName(given).split('@')
  const ascii = domainToASCII(domain).replace(/\.$/, '')
  const email = `${local}@${ascii}`
  return rest.length === 0 && email.length <= 254 && localPart.test(local) && domainName.test(ascii) ? email : undefined
}
