/** The gateway sets the last value of `X-Forwarded-For`. Earlier values, and every other header, come from the client. */
export const clientAddress = (forwardedFor: string | null | undefined): string => forwardedFor?.split(',').at(-1)?.trim() || 'direct'

/** The part of an address by which a client is counted. For IPv6 it is the network of 64 bits, since one client has many addresses in it. */
export const clientNetwork = (address: string): string => {
  if (!address.includes(':') || address.includes('.')) return address
  const groups = (text = '') => text.split(':').filter(group => group !== '')
  const [head, tail] = address.split('::')
  const [first, last] = [groups(head), groups(tail)]
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0')
  return [...first, ...zeros, ...last].slice(0, 4).join(':')
}

type Headers = Record<string, string | undefined>

export const networkOf = (headers: Headers): string => clientNetwork(clientAddress(headers['x-forwarded-for']))

/** Whom tries are counted by: the user, or else the network of the client. */
export const guesserOf = (user: { id: number } | undefined, headers: Headers): string =>
  user ? `user:${user.id}` : `address:${networkOf(headers)}`
