import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '#shared/testing'
import { instancesFrom } from './instances'
import { anyFreePort } from './ports'
import { testEnvironment } from './service-environment'
import { isAlive, member, readState, type State } from './state'

const home = mkdtempSync(join(tmpdir(), 'start-'))
const dir = join(home, 'stack')
const run = (script: string, ...args: string[]) => runIn(dir, script, ...args)
const runIn = (folder: string, script: string, ...args: string[]) => outcomeOf(begin(folder, script, ...args))
const begin = (folder: string, script: string, ...args: string[]) => {
  const env = {
    ...testEnvironment(),
    // Otherwise Bun would read the developer's .env in each process that is started here.
    BUN_OPTIONS: '--no-env-file',
    STACK_DIR: folder,
    PORT_BASE: `${Number(process.env.TEST_PORT_BASE ?? 28_000) + 100}`,
    GATEWAY_PORT: `${anyFreePort()}`,
    NO_COLOR: '1',
  }
  return Bun.spawn([process.execPath, join(import.meta.dir, script), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}
const outcomeOf = async (child: ReturnType<typeof begin>) => {
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  return { text: out + err, code }
}
afterAll(async () => {
  await run('stop.ts')
  rmSync(home, { recursive: true })
})

test('status and stop say so when nothing runs', async () => {
  expect(await run('status.ts')).toEqual({ text: 'It does not run.\n', code: 1 })
  expect(await run('stop.ts')).toEqual({ text: 'It does not run.\n', code: 0 })
})

test.each(['order', 'order=two', 'order=0', 'order=-1', 'order=2=3', 'order=2;cart=2', 'ordre=2'])(
  'a start with --instances %s is refused with the right form, and starts nothing',
  async text => {
    const refused = await run('start.ts', '--detach', '--instances', text)
    expect(refused.code).toBe(1)
    expect(refused.text).toContain(
      text.startsWith('ordre') ? 'names no service by "ordre": discovery, user' : `cannot be read at "${text}"`,
    )
    expect(refused.text).toContain('as in --instances order=2,cart=3\n')
    expect(existsSync(dir)).toBe(false)
  },
)

test.each([
  ['restore.ts', 'name the folder of the backup'],
  ['rotate-keys.ts', 'name a step: add, promote or remove'],
])('%s without what it needs fails, so that no script takes it for done', async (script, message) => {
  const { text, code } = await run(script)
  expect(text).toStartWith(message)
  expect(code).toBe(1)
})

test('a start takes the number of each service that is named', () => {
  expect(instancesFrom('order=2,cart=13')).toEqual({ order: 2, cart: 13 })
  expect(instancesFrom('')).toEqual({})
})

test('a detached start returns when everything is ready, status shows it, and stop leaves no process and keeps the secrets', async () => {
  writeFileSync(`${dir}.start.log`, '', { mode: 0o644 })
  const started = await run('start.ts', '--detach')
  expect(started.text).toContain('The shop is open')
  expect(started.code).toBe(0)
  expect(started.text.split('\n').filter(line => line.startsWith('{'))).toEqual([])
  for (const name of ['mysql', 'nginx', 'order']) expect(started.text).toMatch(new RegExp(`^${name} +ready in [\\d.]+ s$`, 'm'))
  for (const log of [`${dir}.start.log`, `${dir}.log`]) expect(statSync(log).mode & 0o77).toBe(0)
  const logged = readFileSync(`${dir}.log`, 'utf8').trimEnd().split('\n')
  expect(logged.map(line => JSON.parse(line))).toContainEqual(expect.objectContaining({ service: 'order', msg: 'ready' }))
  const state = readState(dir)!
  expect(state.members.map(({ name }) => name)).toEqual(expect.arrayContaining(['mysql', 'mongo', 'redis', 'rabbitmq', 'nginx', 'product']))
  expect(state.carts).toBe(state.servers?.redis)
  const secrets = readFileSync(join(dir, 'secrets.json'), 'utf8')
  expect(started.text).toContain(JSON.parse(secrets).ADMIN_PASSWORD)

  const shown = await run('status.ts')
  expect(shown.code).toBe(0)
  for (const { name, pid } of state.members) expect(shown.text).toMatch(new RegExp(`${name} +${pid} +runs`))
  const again = await run('start.ts', '--detach')
  expect(again.text).toContain(`runs already, as process ${state.launcher.pid}: stop it with \`bun run stop\`, then try again.`)
  expect(again.text).toContain(
    `The platform did not start. Mend what is said above, then start it again. All it wrote is in ${dir}.start.log`,
  )

  expect(await run('stop.ts')).toEqual({ text: 'stopped\n', code: 0 })
  expect([state.launcher, ...state.members].filter(isAlive)).toEqual([])
  expect(existsSync(join(dir, 'state.json'))).toBe(false)
  expect(readFileSync(join(dir, 'secrets.json'), 'utf8')).toBe(secrets)
})

test('an interrupted start in the background stops what it has started', async () => {
  const other = join(home, 'interrupted')
  const child = begin(other, 'start.ts', '--detach')
  const state = await eventually(() => (readState(other)?.members.length ? readState(other) : undefined))
  child.kill('SIGINT')
  const { text, code } = await outcomeOf(child)
  expect(text).toEndWith('Interrupted: what had been started is stopped.\n')
  expect(code).toBe(1)
  expect([state.launcher, ...state.members].filter(isAlive)).toEqual([])
  expect(existsSync(join(other, 'state.json'))).toBe(false)
})

test('an interrupted backup of a stack that does not run stops the servers that it has started', async () => {
  const other = join(home, 'backup')
  const child = begin(other, 'backup.ts', join(home, 'copy'))
  const state = await eventually(() => (readState(other)?.members.length ? readState(other) : undefined))
  child.kill('SIGINT')
  const { text, code } = await outcomeOf(child)
  expect(text).toEndWith('interrupted before it was finished\n')
  expect(code).toBe(1)
  expect([state.launcher, ...state.members].filter(isAlive)).toEqual([])
  expect(existsSync(join(other, 'state.json'))).toBe(false)
})

test('stop ends the processes of a launcher that was killed, and no process that got the pid of one', async () => {
  const other = mkdtempSync(join(home, 'killed-'))
  const left = Bun.spawn(['sleep', '60'])
  const stranger = Bun.spawn(['sleep', '60'])
  const state: State = {
    launcher: { name: 'launcher', pid: left.pid, born: 'long ago' },
    ready: true,
    summary: '',
    members: [member('left', left.pid), { ...member('stranger', stranger.pid), born: 'long ago' }],
  }
  writeFileSync(join(other, 'state.json'), JSON.stringify(state))
  expect((await runIn(other, 'stop.ts')).text).toBe(`ending processes of an earlier start: left (${left.pid})\nstopped\n`)
  await eventually(() => left.signalCode === 'SIGTERM')
  expect(stranger.exitCode).toBeNull()
  stranger.kill()
})
