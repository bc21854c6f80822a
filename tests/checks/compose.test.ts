import { describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { released, type ServiceName, services } from '#shared/platform'
import { makeComposeSecrets } from '../../scripts/compose-secrets'
import { processEnvironment } from '../../scripts/service-process'
import { type Compose, commonSettings, composeOf, settingsReadIn } from './deployment'
import { exists, filesIn, isTest, textOf } from './files'

/** Both compose files against the code: no engine is needed to see that a name leads nowhere. Each test lists what does not fit. */
const full = composeOf('docker-compose.yml')
const simple = composeOf('docker-compose.simple.yml')
const files: [string, Compose][] = [
  ['docker-compose.yml', full],
  ['docker-compose.simple.yml', simple],
]
const hostOf = (service: ServiceName) => `${service}-service`
const blockOf = (service: ServiceName) => {
  const block = full.services[hostOf(service)]
  if (!block) throw new Error(`docker-compose.yml has no ${hostOf(service)}`)
  return block
}
const folders = readdirSync(join(import.meta.dir, '../../services'))
const isOurs = (image: string) => image.startsWith('shop-platform/')
const dockerfile = textOf('Dockerfile')

test('docker-compose.yml has a container for each released service and for no other', () => {
  const hosts = Object.keys(full.services).filter(name => name.endsWith('-service'))
  expect(hosts.sort()).toEqual(released.map(hostOf).sort())
  expect(hosts.map(host => host.replace(/-service$/, '')).filter(name => !folders.includes(name))).toEqual([])
})

describe.each(files)('%s', (_, { services: blocks, networks, volumes, secrets = {} }) => {
  const all = Object.entries(blocks)

  test('runs the versions that the platform is made for', () => {
    const foreign = Object.fromEntries(all.filter(([, { image }]) => !isOurs(image)).map(([name, { image }]) => [name, image]))
    expect(foreign).toEqual({
      mysql: 'mysql:9.7',
      mongo: 'mongo:8.0',
      redis: 'redis:8.0',
      'redis-carts': 'redis:8.0',
      rabbitmq: 'rabbitmq:4.3',
    })
  })

  test('builds what the Dockerfile can build', () => {
    expect(dockerfile).toContain('\nFROM nginx:1.30-alpine AS gateway\n')
    const odd = all.flatMap(([name, { image, build }]) => {
      if (!isOurs(image)) return build ? [`${name} is built, but not ours`] : []
      const { context = '', target = '', args = { SERVICE: target } } = build ?? {}
      if (target === 'gateway' && context === '.' && image === 'shop-platform/gateway') return []
      const fits = context === '.' && dockerfile.includes(` AS ${target}\n`) && image === `shop-platform/${args.SERVICE}`
      return fits && (args.SERVICE === 'all' || exists(`services/${args.SERVICE}/main.ts`)) ? [] : [name]
    })
    expect(odd).toEqual([])
  })

  test('runs and mounts what is there', () => {
    const scripts = all.flatMap(([, { command = [], healthcheck }]) => [...command, ...(healthcheck?.test ?? [])])
    const mounts = all.flatMap(([, block]) => (block.volumes ?? []).map(volume => volume.split(':')[0]!))
    expect(scripts.filter(word => /^scripts\/.*\.ts$/.test(word) && !exists(word))).toEqual([])
    expect(mounts.filter(source => source.startsWith('.') && !exists(source))).toEqual([])
    expect([...new Set(mounts.filter(source => !/^[./]/.test(source)))].sort()).toEqual(Object.keys(volumes).sort())
  })

  test('names only networks, services and conditions that exist', () => {
    const odd = all.flatMap(([name, block]) => [
      ...(block.network_mode ? [] : (block.networks ?? ['default']))
        .filter(network => !(network in networks))
        .map(one => `${name}: ${one}`),
      ...Object.entries(block.depends_on ?? {}).flatMap(([other, { condition }]) => {
        const needed = blocks[other]
        const once = condition === 'service_completed_successfully' && needed?.restart === 'no'
        const fits = once || (condition === 'service_healthy' && needed?.healthcheck)
        const meet = needed?.networks?.some(network => block.networks?.includes(network))
        return fits && meet ? [] : [`${name} waits for ${other}`]
      }),
    ])
    expect(odd).toEqual([])
  })

  test('limits and restarts every container, and gives ours no right that they do not need', () => {
    const odd = all.flatMap(([name, block]) => {
      if (block.profiles) return []
      const once = block.restart === 'no'
      const lasting = block.restart === 'unless-stopped' && block.healthcheck && block.deploy?.resources.limits.memory
      const confined = block.read_only || !isOurs(block.image)
      return block.init && (once || lasting) && confined && !block.container_name && block.user !== 'root' ? [] : [name]
    })
    expect(odd).toEqual([])
  })

  test('publishes the gateway alone; the services’ own ports are on loopback', () => {
    expect(all.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['gateway'])
    const ports = blocks.gateway?.ports ?? []
    const numbers = Object.values(services).map(({ port }) => port)
    const range = `${Math.min(...numbers)}-${Math.max(...numbers)}`
    expect(ports.filter(port => port.includes('800'))).toEqual([`127.0.0.1:${range}:${range}`])
    expect(ports.some(port => /^0\.0\.0\.0:\$\{GATEWAY_PORT:-80\}:\$\{GATEWAY_PORT:-80\}$/.test(port))).toBe(true)
    // Without an address, Docker also takes IPv6, and the gateway would see all of its clients as one.
    expect(ports.filter(port => !/^(0\.0\.0\.0|127\.0\.0\.1):/.test(port))).toEqual([])
  })

  test('gives the gateway memory for what it keeps in memory: its cache and bodies under way, up to a limit', () => {
    const { tmpfs = [], deploy } = blocks.gateway ?? {}
    const cacheMib = Number(/max_size=(\d+)m/.exec(textOf('gateway/nginx.conf'))?.[1])
    const filesMib = Number(/^\/tmp:size=(\d+)m,mode=1777$/.exec(tmpfs.join())?.[1])
    expect(filesMib).toBeGreaterThan(cacheMib)
    expect(Number.parseInt(deploy?.resources.limits.memory ?? '', 10)).toBeGreaterThanOrEqual(filesMib + 64)
  })

  test('mounts each secret where it is read, and declares no other', () => {
    const odd = all.flatMap(([name, { environment = {}, secrets: given = [] }]) => {
      const names = given.map(secret => (typeof secret === 'string' ? secret : secret.source))
      const read = Object.entries(environment).flatMap(([key, value]) => (key.endsWith('_FILE') ? [String(value)] : []))
      return [
        ...names.filter(secret => !(secret in secrets)).map(secret => `${name}: ${secret} is not declared`),
        ...read.filter(path => !names.includes(path.replace('/run/secrets/', ''))).map(path => `${name}: ${path} is not mounted`),
      ]
    })
    expect(odd).toEqual([])
    const given = all.flatMap(([, block]) => (block.secrets ?? []).map(secret => (typeof secret === 'string' ? secret : secret.source)))
    expect(Object.keys(secrets).filter(name => !given.includes(name))).toEqual([])
  })

  test('takes from the environment only settings with a default that the operator’s page explains', () => {
    const text = JSON.stringify(blocks)
    const asked = [...text.matchAll(/\$\{([A-Z_]+)([^}]*)\}/g)]
    const page = textOf('docs/operating.md')
    expect(asked.filter(([, name, rest]) => !rest?.startsWith(':-') || !page.includes(`\`${name}\``)).map(([, name]) => name)).toEqual([])
  })
})

describe('settings', () => {
  const bare = (name: string) => name.replace(/_FILE$/, '')
  const namesIn = (environment: Record<string, unknown> = {}) => Object.keys(environment).map(bare)

  test.each([...released])('of %s are passed to its container, and no others', service => {
    const own = settingsReadIn(`services/${service}`)
    const given = namesIn(blockOf(service).environment)
    const hosted = namesIn(simple.services.platform?.environment)
    const add = (name: string) => `list ${name} under ${service} in shared/platform.ts, and run \`bun run generate\``
    const { store } = services[service]
    const needed = ['HOST', 'INTERNAL_KEY', 'REDIS_URL', 'RABBITMQ_URL', ...(store === 'redis' ? [] : [`${store.toUpperCase()}_URL`])]
    expect([...own, ...needed].filter(name => !given.includes(name) || !hosted.includes(name)).map(add)).toEqual([])
    const unread = given.filter(name => !own.includes(name) && !commonSettings.includes(name))
    expect(unread.map(name => `${service} does not read ${name}`)).toEqual([])
  })

  test('of the gateway are those that gateway/prepare.sh reads', () => {
    const prepare = textOf('gateway/prepare.sh')
    for (const [, { services: blocks }] of files)
      expect(namesIn(blocks.gateway?.environment).filter(name => !new RegExp(`^.*\\b${name}=\\$\\{${name}`, 'm').test(prepare))).toEqual([])
  })

  test('are all in the tables of docs/operating.md and in .env.example', () => {
    const read = [...new Set([...commonSettings, ...folders.flatMap(folder => settingsReadIn(`services/${folder}`))])]
    const page = textOf('docs/operating.md')
    const example = [...textOf('.env.example').matchAll(/(?<=^# |^# [A-Z].*, )[A-Z][A-Z_]+\b/gm)].map(([name]) => name)
    const unexplained = [...read, ...example].filter(name => !page.includes(`\`${name}\``))
    expect(unexplained.map(name => `explain ${name} in the tables of docs/operating.md`)).toEqual([])
    const unlisted = read.filter(name => !example.includes(name))
    expect(unlisted.map(name => `give ${name} a line in .env.example`)).toEqual([])
  })
})

test('secrets: every file that docker-compose.yml mounts is made, once, and they agree with each other', () => {
  const dir = mkdtempSync(join(tmpdir(), 'shop-secrets-'))
  try {
    makeComposeSecrets(dir)
    const mounted = Object.values(full.secrets ?? {}).map(({ file }) => file)
    expect(
      mounted.filter(
        file => !file.startsWith('./deploy/secrets/') || !statSync(join(dir, file.slice('./deploy/secrets/'.length))).isFile(),
      ),
    ).toEqual([])
    expect(statSync(dir).mode & 0o77).toBe(0)
    const read = (name: string) => readFileSync(join(dir, name), 'utf8').trim()
    for (const url of ['redis_url', 'cart_redis_url'])
      expect(new URL(read(url)).password).toBe(read('redis.conf').replace('requirepass ', ''))
    expect(read('rabbitmq_user.conf')).toEndWith(`default_pass = ${new URL(read('rabbitmq_url')).password}`)
    expect(new URL(read('mysql_admin_url')).password).toBe(read('mysql_root_password'))
    expect(read('internal_key').length).toBeGreaterThanOrEqual(32)
    // The addresses lead to containers of the compose file.
    const hosts = mounted.filter(file => file.endsWith('_url')).map(file => new URL(read(file.slice('./deploy/secrets/'.length))).hostname)
    expect([...new Set(hosts)].filter(host => !(host in full.services))).toEqual([])
    expect(makeComposeSecrets(dir)).toEqual([])
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('the gateway finds each service by the name and port that its container has', () => {
  const upstreams = (file: string) =>
    [...textOf(file).matchAll(/server ([\w-]+):(\d+) resolve/g)].map(([, host, port]) => [host, Number(port)])
  const ports = Object.entries(services).map(([name, { port }]) => ({ name, port }))
  expect(upstreams('gateway/upstreams/compose.conf')).toEqual(ports.map(({ name, port }) => [`${name}-service`, port]))
  expect(upstreams('gateway/upstreams/simple.conf')).toEqual(ports.map(({ port }) => ['platform', port]))
  const direct = textOf('gateway/direct.conf')
  expect(ports.filter(({ name, port }) => !direct.includes(`  ${port} ${name};`) || !direct.includes(`listen ${port};`))).toEqual([])
  const front = [...released.map(blockOf), simple.services.platform]
  expect(front.filter(block => !block?.networks?.some(network => full.services.gateway?.networks?.includes(network)))).toEqual([])
})

test('the image has the pinned Bun, copies folders that exist, and contains no tests', () => {
  const { packageManager } = JSON.parse(textOf('package.json'))
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
  const bun = `oven/${packageManager.replace('@', ':')}`
  expect(bases).toEqual([bun, bun, 'nginx:1.30-alpine', bun])
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '))
  const let_in = textOf('.dockerignore').split('\n')
  expect(copied.filter(source => !exists(source) || !let_in.includes(`!${source}`))).toEqual([])
  // What stays out of the image must not be imported by what is in it.
  const inside = ['shared', 'services'].flatMap(folder => filesIn(folder)).filter(file => !isTest(file))
  expect(inside.filter(file => /from '[^']*(testing|\.test)[\w-]*'/.test(textOf(file)))).toEqual([])
  expect(dockerfile).toContain('\nUSER bun\n')
  const environment = /^ENV (.*NODE_ENV=.*)$/m.exec(dockerfile)?.[1]?.split(' ')
  expect(environment).toEqual(expect.arrayContaining(Object.entries(processEnvironment).map(([name, value]) => `${name}=${value}`)))
  expect(dockerfile).toContain('\nCMD ["bin/shop"]\n')
})

test.each(['compose', 'simple'])('in the containers of %s the gateway asks the name server that its container was given', layout => {
  const dir = mkdtempSync(join(tmpdir(), 'gateway-'))
  const prepared = Bun.spawnSync(['sh', join(import.meta.dir, '../../gateway/prepare.sh'), dir, layout])
  expect(prepared.stderr.toString()).toBe('')
  const [, asked] = /^resolver (\S+) valid/m.exec(readFileSync(join(dir, 'upstreams.conf'), 'utf8')) ?? []
  rmSync(dir, { recursive: true })
  const [, given = '127.0.0.11'] = /^nameserver ([\d.]+)$/m.exec(readFileSync('/etc/resolv.conf', 'utf8')) ?? []
  expect(asked).toBe(given)
})
