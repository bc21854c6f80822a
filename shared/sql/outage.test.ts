import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql as raw } from 'kysely'
import { isUnavailable } from '../errors'
import { eventually } from '../testing'

describe('a MySQL that goes down and comes back', () => {
  const folder = join(tmpdir(), `sql-test-${crypto.randomUUID().slice(0, 8)}`)
  const port = 27_100 + Math.floor(Math.random() * 90)
  let server: Bun.Subprocess | undefined
  const begin = () => {
    server = Bun.spawn(
      [
        'mariadbd',
        '--no-defaults',
        `--datadir=${folder}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        `--socket=${folder}/s`,
        `--pid-file=${folder}/pid`,
        '--skip-grant-tables',
        '--skip-networking=0',
        '--innodb-buffer-pool-size=8M',
        '--innodb-log-file-size=4M',
        ...(process.getuid?.() === 0 ? ['--user=root'] : []),
      ],
      { stdout: 'ignore', stderr: 'ignore' },
    )
  }
  const end = async () => {
    server?.kill('SIGKILL')
    await server?.exited
  }
  beforeAll(async () => {
    const install = Bun.spawn(
      [
        'mariadb-install-db',
        '--no-defaults',
        `--datadir=${folder}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        ...(process.getuid?.() === 0 ? ['--user=root'] : []),
      ],
      { stdout: 'ignore', stderr: 'ignore' },
    )
    expect(await install.exited).toBe(0)
  })
  afterAll(async () => {
    await end()
    await rm(folder, { recursive: true, force: true })
  })

  test.each([
    ['by TCP', ''],
    ['by its Unix socket', `?socketPath=${encodeURIComponent(join(folder, 's'))}`],
  ])('is waited for at the start, is unavailable while it is down, and works again when it is back: %s', async (_, query) => {
    const { openSql } = await import('../sql')
    const warnings: string[] = []
    const log = { info() {}, warn: (_: unknown, text?: string) => void warnings.push(String(text)), error() {} }
    const opening = openSql({ url: `mysql://root@127.0.0.1:${port}/mysql${query}`, service: 'order', migrations: {}, log })
    await eventually(() => warnings.length > 0)
    begin()
    const sql = await opening
    const hanging = raw`select sleep(10)`.execute(sql.db).catch(error => error)
    const open = sql.transaction(async trx => {
      await raw`select 1`.execute(trx)
      await eventually(() => sql.pool.inUse === 2)
      await end()
      await raw`select 1`.execute(trx)
    })
    expect(isUnavailable(await open.catch(error => error))).toBe(true)
    expect(isUnavailable(await hanging)).toBe(true)
    expect(isUnavailable(await sql.ping().catch(error => error))).toBe(true)
    begin()
    await eventually(() => sql.ping().then(() => true))
    await sql.transaction(async trx => void (await raw`select 1`.execute(trx)))
    expect(sql.pool).toEqual({ size: 10, inUse: 0, waiting: 0 })
    await sql.close()
    await end()
  })
})
