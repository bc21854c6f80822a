/** Identifies a request by its user and route (`scope`), idempotency key and body. It is stored with what the request begins, so that a repetition finds that again. */
export const requestKeyOf = (scope: string, key: string | undefined, body: object): string | undefined => {
  if (key === undefined) return undefined
  const fields = Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1))
  return new Bun.CryptoHasher('sha256').update(`${scope}\n${key}\n${JSON.stringify(fields)}`).digest('hex')
}
