import { createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { linesOf } from '../lines'

/** Writes the pieces into a compressed file that only its owner may read: backups hold personal data. */
export const writeCompressed = async (path: string, pieces: AsyncIterable<string | Uint8Array>) => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  await pipeline(Readable.from(pieces), createGzip({ level: 4 }), createWriteStream(path, { mode: 0o600 }))
}

/** The bytes of a compressed file. A file that cannot be read, or not to its end, is an error of the stream. */
export const readCompressed = (path: string) => {
  const text = createGunzip()
  createReadStream(path)
    .on('error', error => text.destroy(error))
    .pipe(text)
  return text
}

/** The lines of a compressed text. */
export const compressedLines = (path: string): AsyncIterable<string> => linesOf(readCompressed(path))
