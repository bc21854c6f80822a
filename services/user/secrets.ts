import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export const randomToken = (bytes: number) => randomBytes(bytes).toString('base64url')
/** For secrets of 80 random bits and more: nothing to guess, so nothing to slow down. */
export const digest = (secret: string) => createHash('sha256').update(secret).digest('base64url')
export const sameText = (a: string, b: string) =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
