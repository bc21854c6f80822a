/** Identifies a request by user and route (`scope`), key and body. Its payment or refund keeps it, so that a repetition finds it again. */
export const requestKeyOf = (scope: string, key: string | undefined, body: object): string | undefined => {
  if (key === undefined) return undefined
  const fields = Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1))
  return new Bun.CryptoHasher('sha256').update(`${scope}\n${key}\n${JSON.stringify(fields)}`).digest('hex')
}
