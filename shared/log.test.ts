import { describe, expect, test } from 'bun:test'
import { newContext, traceIdOf, withContext } from './context'
import { conflict } from './errors'
import { createLog } from './log'

const capture = (level = 'info') => {
  const lines: string[] = []
  const log = createLog('order', level, { write: line => void lines.push(line) })
  return { log, last: () => JSON.parse(lines.at(-1)!), lines }
}

describe('a log line', () => {
  test('is one line of JSON with level, time, service, request and trace', () => {
    const { log, last, lines } = capture()
    const context = newContext('request-7')
    withContext(context, () => log.warn({ order_id: 5 }, 'late\nagain'))
    expect(lines[0]!.trimEnd()).not.toContain('\n')
    expect(last()).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: 'order',
      request_id: 'request-7',
      trace_id: traceIdOf(context),
      order_id: 5,
      msg: 'late\nagain',
    })
  })

  test('outside of a request has no request id', () => {
    const { log, last } = capture()
    log.info('started')
    expect(Object.keys(last())).toEqual(['level', 'time', 'service', 'msg'])
  })

  test('below the level is not written', () => {
    const { log, lines } = capture('warn')
    log.info('hello')
    expect(lines).toEqual([])
  })

  test('is written at once, also when the process ends abruptly', () => {
    const source = `import { createLog } from './log.ts'
      createLog('order', 'info').info('last words')
      process.kill(process.pid, 'SIGKILL')`
    const { stdout } = Bun.spawnSync(['bun', '-e', source], { cwd: import.meta.dir })
    expect(JSON.parse(stdout.toString()).msg).toBe('last words')
  })
})

describe('a log line never has', () => {
  test('secrets and personal data, at any depth and however the field is spelt', () => {
    const { log, lines } = capture()
    const canary = 'canary-4711'
    const fields = [
      'password',
      'new_password',
      'newPassword',
      'token',
      'access_token',
      'refreshToken',
      'Authorization',
      'cookie',
      'set-cookie',
    ]
      .concat(['secret', 'client_secret', 'api_key', 'email', 'phone', 'username', 'full_name', 'address', 'shipping_address', 'x-cart-id'])
      .concat(['line1', 'postal_code', 'challenge', 'recovery_codes', 'otpauth_uri'])
    for (const field of fields) {
      log.info({ [field]: canary, body: { [field]: canary, user: { [field]: { text: canary } } }, list: [{ [field]: [canary] }] }, 'hello')
      expect(lines.splice(0).join('')).not.toContain(canary)
    }
    log.info({ body: { code: '123456' }, code: 'out_of_stock', token_id: 7 }, 'hello')
    expect(lines.join('')).not.toContain('123456')
    expect(JSON.parse(lines[0]!)).toMatchObject({ code: 'out_of_stock', token_id: 7 })
  })

  test('changes in the object that was logged', () => {
    const { log } = capture()
    const user = { email: 'ann@example.com', tags: ['a'] }
    log.info({ user }, 'hello')
    expect(user).toEqual({ email: 'ann@example.com', tags: ['a'] })
  })

  test('an endless structure', () => {
    const { log, lines } = capture()
    const round: Record<string, unknown> = { name: 'round' }
    round.self = round
    log.info({ round }, 'hello')
    expect(lines).toHaveLength(1)
  })
})

describe('an error', () => {
  test('is written with its stack and its causes', () => {
    const { log, last } = capture()
    const error = conflict('out_of_stock', 'No more.')
    error.cause = new TypeError('deep')
    log.error({ err: error }, 'failed')
    expect(last().err).toMatchObject({
      type: 'AppError',
      code: 'out_of_stock',
      message: 'No more.',
      cause: { type: 'TypeError', message: 'deep' },
    })
    expect(last().err.stack).toContain('log.test.ts')
    log.error(error)
    expect(last().err.code).toBe('out_of_stock')
  })

  test('is written without the data that a driver put into it', () => {
    const { log, lines } = capture()
    const sql = Object.assign(new Error("Duplicate entry 'ann@example.com' for key 'email'"), {
      code: 'ER_DUP_ENTRY',
      sql: "insert into users values ('ann@example.com', 'Ann Smith')",
      sqlMessage: "Duplicate entry 'ann@example.com' for key 'email'",
    })
    const mongo = Object.assign(new Error('E11000 duplicate key error index: name_1 dup key: { name: "Ann Smith" }'), {
      code: 11000,
      keyValue: { name: 'Ann Smith' },
    })
    const validation = Object.assign(new Error('{"found":{"name":"Ann Smith"}}'), { validator: {}, all: [] })
    for (const err of [sql, mongo, validation, new Error('wrapped', { cause: sql })])
      log.error({ err, errors: [err], reason: err }, 'failed')
    expect(lines).toHaveLength(4)
    expect(lines.join('')).not.toMatch(/ann@example|Ann Smith/)
    expect(lines.join('')).toContain('ER_DUP_ENTRY')
  })
})
