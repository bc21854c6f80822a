import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Where a sealed value lies. It opens only there: copied to another row or column it is worth nothing. */
type Place = `${string}.${string}:${string | number}`

const cipher = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/** `id:base64,older:base64`: the first key seals, all of them open. */
export const parseDataKeys = (setting: string): Map<string, Buffer> => {
  const keys = new Map<string, Buffer>()
  for (const entry of setting.split(',')) {
    const [, id, text] = /^\s*([\w-]{1,32}):([A-Za-z0-9+/]{43}=)\s*$/.exec(entry) ?? []
    if (!id || !text || keys.has(id)) throw new Error('DATA_KEYS must read "id:base64 of 32 bytes", several separated by commas')
    keys.set(id, Buffer.from(text, 'base64'))
  }
  return keys
}

/** Encryption at rest: AES-256-GCM, each value naming its key. */
export const createVault = (keys: ReadonlyMap<string, Buffer>) => {
  const current = keys.keys().next().value!
  const keyOf = (id: string) => {
    const key = keys.get(id)
    if (!key) throw new Error(`a stored value needs the data key "${id}", which is not in DATA_KEYS`)
    return key
  }
  const macKeys = new Map([...keys].map(([id, key]) => [id, Buffer.from(hkdfSync('sha256', key, '', 'mailed tokens', 32))]))

  return {
    current,
    /** Whether there may be values under another key. */
    rotating: keys.size > 1,
    seal(text: string, place: Place): string {
      const iv = randomBytes(ivBytes)
      const sealing = createCipheriv(cipher, keyOf(current), iv).setAAD(Buffer.from(place))
      const bytes = Buffer.concat([iv, sealing.update(text, 'utf8'), sealing.final(), sealing.getAuthTag()])
      return `${current}.${bytes.toString('base64url')}`
    },
    open(sealed: string, place: Place): string {
      const dot = sealed.indexOf('.')
      const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url')
      const opening = createDecipheriv(cipher, keyOf(sealed.slice(0, dot)), bytes.subarray(0, ivBytes))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-tagBytes))
      return Buffer.concat([opening.update(bytes.subarray(ivBytes, -tagBytes)), opening.final()]).toString('utf8')
    },
    isCurrent: (sealed: string) => sealed.startsWith(`${current}.`),
    /** What only this service can derive from an id: the secret half of a mailed token. Nothing under a key that has gone. */
    proofOf: (id: string, keyId: string): string | undefined => {
      const key = macKeys.get(keyId)
      return key && createHmac('sha256', key).update(id).digest('base64url')
    },
  }
}
export type Vault = ReturnType<typeof createVault>
