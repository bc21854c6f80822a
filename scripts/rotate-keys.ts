import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installPackages } from './install'
import { replaceFile } from './replace-file'

const usage = `bun run rotate-keys add|promote|remove [--file deploy/secrets/data_keys]
  Changes the keys that encrypt personal data. Between two steps, restart every instance of user.
  add      puts a new key last: every instance can then open what it will seal
  promote  moves the last key to the front: it seals from now on, and stored values move over in the background
  remove   takes the older keys out, once nothing is sealed with them
  The keys are those in the file that --file names, else those of the local stack. MYSQL_URL names user's database (the
  administrator's address, or user's own), else it is that of the running local stack.`

const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' }, file: { type: 'string' } }, allowPositionals: true })

async function main() {
  const [step] = positionals
  if (values.help) return console.log(usage)
  if (step !== 'add' && step !== 'promote' && step !== 'remove') throw new Error(`name a step: add, promote or remove\n${usage}`)
  await installPackages(console.log)
  // Imported only now: what follows needs the packages.
  const [{ rotateKeys }, { configuredMysql, runningPlaces }] = await Promise.all([import('./keys/rotate'), import('./backup/places')])
  const { stackFolder } = await import('./background')
  const mysqlUrl = configuredMysql() ?? runningPlaces()?.mysql
  if (step !== 'add' && !mysqlUrl) throw new Error('user’s database is needed: start the platform, or set MYSQL_URL')
  const keys = values.file ? keysFile(values.file) : keysIn(join(stackFolder, 'secrets.json'))
  const { text, next } = await rotateKeys(step, { keys: keys.read(), mysqlUrl, newKey: () => newKey(new Date()) })
  keys.write(text)
  console.log(next)
}

/** The date in its id says how old a key is. */
const newKey = (now: Date) =>
  `k${now.toISOString().slice(0, 10).replaceAll('-', '')}-${randomBytes(2).toString('hex')}:${randomBytes(32).toString('base64')}`

const keysFile = (path: string) => ({
  read: () => readFileSync(path, 'utf8').trim(),
  write(text: string) {
    // Written in place, since a container has mounted this very file. If that fails, a whole copy is left beside it.
    const copy = `${path}.copy`
    replaceFile(copy, `${text}\n`)
    writeFileSync(path, `${text}\n`, { flush: true })
    rmSync(copy)
  },
})
const keysIn = (path: string) => {
  const secrets = () => JSON.parse(readFileSync(path, 'utf8'))
  return {
    read: (): string => secrets().DATA_KEYS,
    write: (text: string) => replaceFile(path, `${JSON.stringify({ ...secrets(), DATA_KEYS: text }, null, 2)}\n`),
  }
}

main().then(
  () => process.exit(0),
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
