import { afterAll, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql as raw } from 'kysely'
import { testUsers } from './testing'

const users = await testUsers()
const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: users.app.fetch })
const dir = mkdtempSync(join(tmpdir(), 'erase-again-'))
afterAll(async () => {
  rmSync(dir, { recursive: true })
  await server.stop(true)
  await users.drop()
})

const operating = readFileSync('docs/operating.md', 'utf8')
const chapter = operating.slice(operating.indexOf('### Accounts that were erased'))
const [listing = '', erasing = ''] = [...chapter.matchAll(/```sh\n(.*?)```/gs)].map(([, script]) => script)
const list = join(dir, 'erased-accounts')

const run = async (script: string) => {
  const env = { ...Bun.env, PATH: `${dir}:${Bun.env.PATH}` }
  const shell = Bun.spawn(['sh', '-c', script], { cwd: dir, env, stdout: 'pipe', stderr: 'pipe' })
  const [printed, faults] = await Promise.all([new Response(shell.stdout).text(), new Response(shell.stderr).text()])
  expect({ exitCode: await shell.exited, faults }).toEqual({ exitCode: 0, faults: '' })
  return printed
}

const erasedIds = async () => {
  const [query = ''] = /select distinct [^']*?(?="')/.exec(listing) ?? []
  const { rows } = await raw<{
    user_id: number
  }>`${raw.raw(query.replaceAll('\\"', '"').replace('shop_user_audit', users.auditSchema))}`.execute(users.sql.db)
  return rows.map(({ user_id }) => user_id)
}
/** In the place of Docker: MySQL answers these ids, or cannot be reached. */
const mysqlAnswers = (ids: readonly number[]) => {
  const docker = join(dir, 'docker')
  writeFileSync(docker, `#!/bin/sh\n${ids.map(id => `echo ${id}`).join('\n')}\n`)
  chmodSync(docker, 0o755)
}

test.skipIf(!Bun.which('curl'))('the commands in docs/operating.md erase again whom a backup has brought back', async () => {
  await users.admin()
  const [back, gone] = [await users.signUp('back'), await users.signUp('gone')]
  const erase = `${erasing.replace(/^shop=.* json=/, `shop=${server.url.origin} email=root@example.com password='the admin password' json=`)}`
  writeFileSync(list, `${gone.id}\n`)
  expect(await run(erase)).toBe(`${gone.id} 204\n`)

  mysqlAnswers(await erasedIds())
  writeFileSync(list, `999\n${back.id}\n`)
  await run(listing)
  expect(readFileSync(list, 'utf8')).toBe(`${back.id}\n${gone.id}\n999\n`)
  mysqlAnswers([])
  await run(listing)
  expect(readFileSync(list, 'utf8')).toBe(`${back.id}\n${gone.id}\n999\n`)

  expect(await run(erase)).toBe(`${back.id} 204\n${gone.id} 204\n999 404\n`)
  expect((await users.call('POST', '/auth/login', { body: { email: back.email, password: back.password } })).status).toBe(401)
  expect(await erasedIds()).toEqual([back.id, gone.id])
})
