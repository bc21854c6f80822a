import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** The cell of a sealed value: `table.column:row`. The value opens only there, so a copy in another row or column is useless. */
type Cell = `${string}.${string}:${string | number}`

const cipher = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/** Reads `id:base64,older:base64`. The first key seals; all of them open. */
export const parseDataKeys = (setting: string): Map<string, Buffer> => {
  const keys = new Map<string, Buffer>()
  for (const entry of setting.split(',')) {
    const [, id, text] = /^\s*([\w-]{1,32}):([A-Za-z0-9+/]{43}=)\s*$/.exec(entry) ?? []
    if (!id || !text || keys.has(id)) throw new Error('DATA_KEYS must read "id:base64 of 32 bytes", several separated by commas')
    keys.set(id, Buffer.from(text, 'base64'))
  }
  return keys
}

/** Encryption at rest with AES-256-GCM. Each sealed value names its key. */
export const vaultWith = (keys: ReadonlyMap<string, Buffer>) => {
  const [current] = keys.keys()
  if (current === undefined) throw new Error('DATA_KEYS has no key')
  const keyOf = (id: string) => {
    const key = keys.get(id)
    if (!key) throw new Error(`a stored value needs the data key "${id}", which is not in DATA_KEYS`)
    return key
  }
  const fingerprintKey = Buffer.from(hkdfSync('sha256', keyOf(current), '', 'fingerprints', 32))
  const macKeys = new Map([...keys].map(([id, key]) => [id, Buffer.from(hkdfSync('sha256', key, '', 'mailed tokens', 32))]))
  const rotationKeys = [...keys.values()].map(key => Buffer.from(hkdfSync('sha256', key, '', 'refresh tokens', 32)))

  return {
    current,
    ids: [...keys.keys()],
    hasKeyOf: (sealed: string) => keys.has(sealed.slice(0, sealed.indexOf('.'))),
    /** Whether some values may still be sealed with an older key. */
    rotating: keys.size > 1,
    seal(text: string, cell: Cell): string {
      const iv = randomBytes(ivBytes)
      const sealing = createCipheriv(cipher, keyOf(current), iv).setAAD(Buffer.from(cell))
      const bytes = Buffer.concat([iv, sealing.update(text, 'utf8'), sealing.final(), sealing.getAuthTag()])
      return `${current}.${bytes.toString('base64url')}`
    },
    open(sealed: string, cell: Cell): string {
      const dot = sealed.indexOf('.')
      const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url')
      const opening = createDecipheriv(cipher, keyOf(sealed.slice(0, dot)), bytes.subarray(0, ivBytes))
        .setAAD(Buffer.from(cell))
        .setAuthTag(bytes.subarray(-tagBytes))
      return Buffer.concat([opening.update(bytes.subarray(ivBytes, -tagBytes)), opening.final()]).toString('utf8')
    },
    /** The same for the same text, and of no use without the key: nobody finds out by trying names whom it is of. */
    fingerprint: (text: string) => createHmac('sha256', fingerprintKey).update(text).digest('base64url'),
    isCurrent: (sealed: string) => sealed.startsWith(`${current}.`),
    /** The secret half of a mailed token, which only this service can derive from the token's id. Undefined if the key has been removed. */
    proofOf: (id: string, keyId: string): string | undefined => {
      const key = macKeys.get(keyId)
      return key && createHmac('sha256', key).update(id).digest('base64url')
    },
    /** The secret that follows a refresh token, and those that followed it if another key was the first then. */
    successorsOf: (refreshToken: string): string[] =>
      rotationKeys.map(key => createHmac('sha256', key).update(refreshToken).digest('base64url').slice(0, 22)),
  }
}
export type Vault = ReturnType<typeof vaultWith>
