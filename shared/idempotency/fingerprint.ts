export const sha256 = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex')

/** The same text for two bodies that differ only in the order of their fields. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
