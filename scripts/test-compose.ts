import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installPackages, root } from './install'
import { longRun } from './long-run'

const usage = `bun run test:compose [docker-compose.yml | docker-compose.simple.yml]
  Runs both compose files, or the one that is named, for real: every health check, the Postman collection twice, three instances of order of which
  one is killed, a restart of each container and of the whole, and nothing left at the end. With Docker where there is one; else, on Debian and as
  root, with Podman and images of the same names made from Debian's packages. The whole output goes to .data/compose.log.`

const { values, positionals } = parseArgs({ options: { help: { type: 'boolean', default: false } }, allowPositionals: true })

const long = longRun(join(root, '.data/compose.log'))

async function main() {
  if (values.help) return console.log(usage)
  await installPackages(console.log)
  // Imported only now: what follows needs the packages.
  const [{ released }, { docker, projectOf }, { isIsolated, isolate, isolatedPodman, preparePodman }, { checkFull, checkSimple }] =
    await Promise.all([import('#shared/platform'), import('./compose/engine'), import('./compose/podman'), import('./compose/checks')])
  const hasDocker =
    Bun.which('docker') !== null && Bun.spawnSync(['docker', 'compose', 'version']).success && Bun.spawnSync(['docker', 'info']).success
  if (!hasDocker && !isIsolated()) {
    await withCopy(copy => preparePodman(long, copy, released))
    return isolate()
  }
  await withCopy(async cwd => {
    const engine = hasDocker ? docker : await isolatedPodman(long)
    const wanted = (file: string) => positionals.length === 0 || positionals.includes(file)
    if (wanted('docker-compose.simple.yml'))
      await checkSimple(projectOf(engine, long, { cwd, file: 'docker-compose.simple.yml', name: 'shop-simple' }), long)
    if (wanted('docker-compose.yml')) await checkFull(projectOf(engine, long, { cwd, file: 'docker-compose.yml', name: 'shop' }), long, cwd)
  })
  long.report(`the compose files run as they are; the whole output: ${join(root, '.data/compose.log')}`)
}

/** A copy of the last commit: secrets and backups of this folder are not touched. */
const withCopy = async (work: (copy: string) => Promise<void>) => {
  const copy = mkdtempSync(join(tmpdir(), 'compose-'))
  try {
    await long.run(['sh', '-c', `git archive HEAD | tar -x -C ${copy}`])
    await work(copy)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

main().then(
  () => long.end(0),
  error => {
    long.report(error instanceof Error ? error.message : String(error))
    long.end(1)
  },
)
