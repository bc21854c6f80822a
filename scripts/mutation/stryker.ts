import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../install'
import type { Group } from './files'
import type { Mutant } from './report'

const folder = '.data/mutate'

/** A change may make a loop endless: then the tests are ended, and the change counts as noticed. They usually take less than a second. */
const timeoutMs = 10_000

/** Runs Stryker over the files of one service, with its pure tests. */
export async function mutate({ name, files, tests }: Group, interrupted: AbortSignal): Promise<Mutant[]> {
  interrupted.throwIfAborted()
  mkdirSync(join(root, folder), { recursive: true })
  const [config, report] = ['config', 'report'].map(kind => `${folder}/${name.replace(/\W/g, '-')}-${kind}.json`) as [string, string]
  rmSync(join(root, report), { force: true })
  writeFileSync(join(root, config), JSON.stringify(options({ files, tests }, report)))
  const child = Bun.spawn([process.execPath, '--bun', 'node_modules/.bin/stryker', 'run', config], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that an endless loop under test ends with it.
    detached: true,
  })
  const end = () => process.kill(-child.pid, 'SIGKILL')
  interrupted.addEventListener('abort', end)
  const [output, errors, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  interrupted.removeEventListener('abort', end)
  interrupted.throwIfAborted()
  if (code !== 0) throw new Error(`Stryker failed:\n${output}${errors}`)
  const found: { files: Record<string, { mutants: Omit<Mutant, 'file'>[] }> } = JSON.parse(readFileSync(join(root, report), 'utf8'))
  return Object.entries(found.files).flatMap(([file, { mutants }]) => mutants.map(mutant => ({ file, ...mutant })))
}

/** Most changes fail an example of `domain.test.ts` within a second, before longer tests, such as those of random cases, begin. */
const examplesFirst = (tests: readonly string[]) => tests.map(file => `./${file}`).toSorted((a, b) => a.length - b.length)

const options = ({ files, tests }: Pick<Group, 'files' | 'tests'>, report: string) => ({
  mutate: files,
  testRunner: 'command',
  commandRunner: { command: `${process.execPath} test --bail ${examplesFirst(tests).join(' ')}` },
  coverageAnalysis: 'off',
  concurrency: 1,
  timeoutMS: timeoutMs,
  plugins: [join(import.meta.dir, 'skip-messages.ts')],
  ignorers: ['messages'],
  // What pure tests do not need is not copied. Packages are found from the copy, further up.
  ignorePatterns: ['.data', 'bench', 'deploy', 'docs', 'gateway', 'node_modules', 'postman', 'tests'],
  symlinkNodeModules: false,
  tempDirName: `${folder}/copies`,
  cleanTempDir: 'always',
  // There is none of this name: Stryker would rewrite ours by an interface that TypeScript 7 no longer has.
  tsconfigFile: 'none.json',
  disableTypeChecks: false,
  reporters: ['json'],
  jsonReporter: { fileName: report },
  logLevel: 'error',
  allowConsoleColors: false,
})
