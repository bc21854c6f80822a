import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { Redis } from 'ioredis'
import { eventually, testRedis } from './testing'
import { openCable, startTestService, type TestService } from './testing/process'

const registryKey = 'service:registry:favourite-service'
let redisUrl: string
let redis: Redis
const running: TestService[] = []
const begin = async (env: Record<string, string> = {}) => {
  const service = startTestService({ REDIS_URL: redisUrl, ...env })
  running.push(service)
  return service
}
const beginReady = async (env?: Record<string, string>) => {
  const service = await begin(env)
  return { ...service, url: await service.ready() }
}
const listed = async (): Promise<string[]> =>
  JSON.parse((await redis.get(registryKey)) ?? '[]').map(({ address }: { address: string }) => address)

beforeAll(async () => {
  const { url, drop } = await testRedis()
  await drop()
  // A Redis database that no other test uses, because the registry's keys have no prefix.
  redisUrl = `${url}/9`
  redis = new Redis(redisUrl)
  await redis.del(registryKey)
})
afterEach(async () => {
  for (const { process } of running.splice(0)) {
    process.kill('SIGKILL')
    await process.exited
  }
  await redis.del(registryKey)
})
afterAll(() => redis.disconnect())

describe('a service that starts', () => {
  test('is ready, is listed, and serves its health, metrics and documents', async () => {
    const { url } = await beginReady()
    expect(await listed()).toContain(new URL(url).host)
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'up', service: 'favourite' })
    expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ status: 'ready', dependencies: { redis: 'up' } })
    await fetch(`${url}/api/favourites/fast`)
    const counted = 'route="/api/favourites/fast"'
    await eventually(async () => (await (await fetch(`${url}/metrics`)).text()).includes(counted))
    expect((await fetch(`${url}/docs/json`)).status).toBe(200)
  })

  test('on a port in use logs that in one line and fails', async () => {
    using taken = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const { process, lines } = await begin({ PORT: `${taken.port}` })
    expect(await process.exited).not.toBe(0)
    const fatal = lines.filter(({ level }) => level === 'fatal')
    expect(fatal).toHaveLength(1)
    expect(fatal[0]!.msg).toContain(`${taken.port}`)
    expect(lines.filter(({ level }) => level === undefined)).toEqual([])
    expect(await listed()).toEqual([])
  })

  test('without a setting that it needs logs which one in one line and fails', async () => {
    const { process, lines } = await begin({ INTERNAL_KEY: '' })
    expect(await process.exited).not.toBe(0)
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([['fatal', expect.stringContaining('INTERNAL_KEY')]])
  })

  test('before Redis waits for it', async () => {
    const cable = await openCable(redisUrl)
    cable.cut()
    const service = await begin({ REDIS_URL: cable.url })
    await eventually(() => service.lines.some(({ msg }) => msg?.includes('waiting for it')))
    await cable.mend()
    await service.ready()
    cable.cut()
  })
})

describe('a service that receives SIGTERM', () => {
  const exitCode = ({ process }: TestService) => eventually(() => process.exitCode !== null && `exit ${process.exitCode}`)

  test('under load, beside another instance, fails no read of a client that retries elsewhere, as the gateway does', async () => {
    const [first, second] = await Promise.all([beginReady(), beginReady()])
    const failures: unknown[] = []
    let answered = 0
    let stopping = true
    const askInTurn = async (worker: number) => {
      for (let n = worker; stopping; n++) {
        const addresses = n % 2 ? [first.url, second.url] : [second.url, first.url]
        for (const address of addresses) {
          try {
            const response = await fetch(`${address}/api/favourites/fast`)
            if (!response.ok) failures.push(response.status)
            await response.text()
            answered++
            break
          } catch (error) {
            const gone = error instanceof Error && 'code' in error && ['ECONNREFUSED', 'ECONNRESET'].includes(String(error.code))
            if (!gone || address !== first.url) failures.push(error)
          }
        }
      }
    }
    const load = Array.from({ length: 16 }, (_, worker) => askInTurn(worker))
    await eventually(() => answered > 500)
    first.process.kill('SIGTERM')
    expect(await exitCode(first)).toBe('exit 0')
    const atExit = answered
    await eventually(() => answered > atExit + 500)
    stopping = false
    await Promise.all(load)
    expect(failures).toEqual([])
    expect(await listed()).toEqual([new URL(second.url).host])
  })

  test('answers the requests that it has accepted, and leaves the registry', async () => {
    const service = await beginReady()
    const begun = Array.from({ length: 20 }, () => fetch(`${service.url}/api/favourites/slow`).then(({ status }) => status))
    await fetch(`${service.url}/api/favourites/fast`)
    service.process.kill('SIGTERM')
    expect(await Promise.all(begun)).toEqual(Array(20).fill(200))
    expect(await exitCode(service)).toBe('exit 0')
    expect(service.lines.map(({ msg }) => msg).slice(-2)).toEqual(['stopping', 'stopped'])
    expect(await listed()).toEqual([])
  })

  test('is not ended by a second signal before it has finished', async () => {
    const service = await beginReady()
    const begun = Array.from({ length: 5 }, () => fetch(`${service.url}/api/favourites/slow`).then(({ status }) => status))
    await fetch(`${service.url}/api/favourites/fast`)
    service.process.kill('SIGTERM')
    await eventually(() => service.lines.some(({ msg }) => msg === 'stopping'))
    service.process.kill('SIGTERM')
    service.process.kill('SIGINT')
    expect(await Promise.all(begun)).toEqual(Array(5).fill(200))
    expect(await exitCode(service)).toBe('exit 0')
    expect(service.lines.at(-1)?.msg).toBe('stopped')
  })

  test('ends the answers that would never end, whether or not a client still reads them', async () => {
    const service = await beginReady()
    const endless = await fetch(`${service.url}/api/favourites/endless`)
    const leftBefore = await fetch(`${service.url}/api/favourites/endless`)
    await leftBefore.body?.cancel()
    service.process.kill('SIGTERM')
    expect(await endless.text()).toBe('begun')
    expect(await exitCode(service)).toBe('exit 0')
  })

  test('asks callers to connect elsewhere at once, and closes idle connections', async () => {
    const service = await beginReady()
    const { port } = new URL(service.url)
    const idle = connect(Number(port), '127.0.0.1')
    let received = ''
    idle.on('data', data => {
      received += data
    })
    const ended = new Promise(resolve => idle.on('close', resolve))
    idle.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await eventually(() => received.includes('"up"'))
    service.process.kill('SIGTERM')
    await eventually(() => service.lines.some(({ msg }) => msg === 'stopping'))
    const answer = await fetch(`${service.url}/health`)
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
    await ended
    expect(await exitCode(service)).toBe('exit 0')
  })
})

test('a body over the limit is refused over a real connection, before all of it was sent', async () => {
  const { url } = await beginReady()
  const send = async (request: string) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let received = ''
    socket.on('data', data => {
      received += data
    })
    socket.write(`POST /api/favourites HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${request}`)
    await eventually(() => received.includes('payload_too_large'))
    socket.destroy()
    return received
  }
  expect(await send(`Content-Length: ${5 * 1024 * 1024}\r\n\r\n{`)).toStartWith('HTTP/1.1 413 ')
  const chunk = `80000\r\n${'x'.repeat(0x80000)}\r\n`
  expect(await send(`Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}`)).toStartWith('HTTP/1.1 413 ')
  expect((await fetch(`${url}/api/favourites/fast`)).status).toBe(200)
})
