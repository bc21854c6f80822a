import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export const randomToken = (bytes: number) => randomBytes(bytes).toString('base64url')
/** For secrets of at least 80 random bits. They cannot be guessed, so a fast hash is enough. */
export const digest = (secret: string) => createHash('sha256').update(secret).digest('base64url')
/** Takes the same time wherever the texts differ. */
export const sameText = (a: string, b: string) =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
