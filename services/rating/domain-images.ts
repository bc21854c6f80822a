import { type Fault, invalid } from '#shared/errors'

/** Names that only a private network resolves, by RFC 6761, 6762, 8375 and custom. */
const privateEnds = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'lan',
  'corp',
  'home',
  'private',
  'home.arpa',
  'test',
  'invalid',
  'onion',
]

/**
 * What is wrong with the address of an image. Nothing is ever fetched from it, but every reader's browser will: so it must be an ordinary
 * public web address.
 */
const problemOf = (text: string): string | undefined => {
  // A URL parser drops tabs and newlines, and reads a backslash as a slash.
  if (/[\s\\\p{Cc}]/u.test(text)) return 'has characters that no address contains'
  if (!URL.canParse(text)) return 'is not an address'
  const { protocol, username, password, port, hostname } = new URL(text)
  if (protocol !== 'https:') return 'must begin with https://'
  if (username !== '' || password !== '' || /^https:\/*[^/?#]*@/i.test(text)) return 'must not contain a user name or password'
  if (port !== '') return 'must not name a port'
  // The parser writes every spelling of an IPv4 address (0x7f.1, 2130706433) as four numbers.
  if (hostname.startsWith('[') || /^[\d.]+$/.test(hostname)) return 'must name its host, not an IP address'
  const name = hostname.replace(/\.$/, '')
  if (!name.includes('.') || privateEnds.some(end => name === end || name.endsWith(`.${end}`))) return 'must name a public host'
  return undefined
}

/** The addresses as a browser would read them. */
export const imageAddresses = (images: readonly string[]): string[] => {
  const faults = images.flatMap((image, at): Fault[] => {
    const problem = problemOf(image)
    return problem === undefined ? [] : [{ path: `/images/${at}`, message: `The address of an image ${problem}` }]
  })
  if (faults.length > 0) throw invalid('invalid_image', 'Give each image by its https:// address on a public host.', faults)
  return [...new Set(images.map(image => new URL(image).href))]
}
