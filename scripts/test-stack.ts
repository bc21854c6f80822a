import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { settings } from '#shared/config'
import { root } from './install'
import { jsonLine } from './log'
import type { Servers } from './platform'
import { freePortBase } from './ports'
import { obtain, requirements } from './servers/obtain'
import { hasProgram } from './servers/programs'
import { privateFolder } from './servers/server'
import { requireVersions, versionsOf } from './servers/versions'
import { testEnvironment } from './service-environment'
import { startStack } from './stack'

const servers = ['mysql', 'mongo', 'redis', 'rabbitmq'] as const

/** Which server the tests use: that of TEST_…_URL, or a private one. */
const serverSettings = (name: (typeof servers)[number]): [string, string | undefined][] => {
  const { setting } = requirements[name]
  const { optional } = settings()
  const url = optional(`TEST_${setting}`) ?? (hasProgram(name) ? undefined : optional(setting))
  return [
    [setting, url],
    [`${setting}_FILE`, undefined],
  ]
}

/** Starts a stack beside that of `bun start`, with its own ports, empty stores, and rate limits that tests do not reach. */
export async function startTestStack(options: { withPlatform: boolean; install: boolean; interrupted: AbortSignal }) {
  const dir = join(root, '.data/test')
  const portBase = freePortBase(Number(process.env.TEST_PORT_BASE || 18_000))
  const { install, interrupted } = options
  await obtain(options.withPlatform ? ['nginx', 'chromium'] : ['nginx'], { install, interrupted, report: console.log })

  const logFile = join(privateFolder(root, '.data'), 'test.log')
  const log = createWriteStream(logFile)
  const stack = await startStack({
    ...options,
    dir,
    portBase,
    fresh: true,
    report: console.log,
    onLog: (name, line) => void log.write(`${jsonLine(name, line)}\n`),
    env: {
      ...testEnvironment(),
      // Tests must not fill the stores of `bun start`: its servers are used only if this machine has no program for private ones.
      ...Object.fromEntries(servers.flatMap(serverSettings)),
    },
  })
  await checkVersions(stack.servers).catch(error => stack.stop().then(() => Promise.reject(error)))
  const env = {
    TEST_MYSQL_URL: stack.servers.mysql,
    TEST_MONGO_URL: stack.servers.mongo,
    TEST_REDIS_URL: stack.servers.redis,
    TEST_RABBITMQ_URL: stack.servers.rabbitmq,
    TEST_PORT_BASE: `${portBase}`,
    /** Ports from here on are free for servers that a test starts itself. */
    TEST_PRIVATE_PORT: `${portBase + 800}`,
    TEST_DATA_DIR: privateFolder(dir, 'tests'),
    /** Where Nginx and the servers keep their files and logs, and what the services log. */
    TEST_STACK_DIR: dir,
    TEST_LOG: logFile,
    INTERNAL_KEY: stack.secrets.INTERNAL_KEY,
    ADMIN_EMAIL: stack.secrets.ADMIN_EMAIL,
    ADMIN_PASSWORD: stack.secrets.ADMIN_PASSWORD,
    ...(stack.gateway ? { GATEWAY_URL: stack.gateway } : {}),
  }
  return { env, log: logFile, stop: stack.stop }
}

/** Reports the servers' versions, and throws if other versions were required. */
async function checkVersions(servers: Servers) {
  const found = await versionsOf(servers)
  const each = Object.entries(found).map(([name, version]) => `${name} ${version}`)
  console.log(`on ${each.join(', ')}`)
  requireVersions(found, process.env.TEST_VERSIONS)
}
