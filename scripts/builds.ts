import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './install'

/** Stands for the names and contents of all files that fit one of these patterns: what is made of them is made anew when it changes. */
export function hashOf(patterns: readonly string[]) {
  const hash = new Bun.CryptoHasher('sha256')
  const files = patterns.flatMap(pattern => [...new Bun.Glob(pattern).scanSync(root)])
  for (const file of files.sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  return hash.digest('hex').slice(0, 16)
}

/** Makes a folder, which becomes complete in one step and remembers the hash of what it was made of. */
export async function makeFolder(folder: string, hash: string, make: (unfinished: string) => Promise<void>) {
  const unfinished = `${folder}.${process.pid}`
  rmSync(unfinished, { recursive: true, force: true })
  await make(unfinished)
  writeFileSync(join(unfinished, 'hash'), hash)
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
}

const isMadeOf = (folder: string, hash: string) => {
  try {
    return readFileSync(join(folder, 'hash'), 'utf8') === hash
  } catch {
    return false
  }
}

type Build = { what: string; folder: string; hash: string; command: string[]; report: (line: string) => void }

/** Runs a script that makes a folder, unless it is made of the same. The script has a process of its own: the launcher would keep the memory. */
export async function prepare({ what, folder, hash, command, report }: Build) {
  if (isMadeOf(folder, hash)) return
  const began = performance.now()
  const building = Bun.spawn([process.execPath, ...command], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  const [output, code] = await Promise.all([new Response(building.stderr).text(), building.exited])
  if (code !== 0) throw new Error(`the ${what} could not be built:\n${output.trim()}`)
  report(`${what.padEnd(10)} built in ${((performance.now() - began) / 1000).toFixed(1)} s`)
}
