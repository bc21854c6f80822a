import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { released, services } from '#shared/platform'
import { root } from '../install'
import type { LongRun } from '../long-run'
import { until } from '../until'
import type { Container, Project } from './engine'
import { memoryOf } from './memory'

const gateway = 'http://127.0.0.1:8180'
// Not port 80, which may be taken; and limits that a collection which runs as fast as it can does not reach.
Object.assign(process.env, {
  GATEWAY_PORT: '8180',
  GATEWAY_TLS_PORT: '8143',
  AUTH_RATE_LIMIT: '1000',
  AUTH_RATE_BURST: '1000',
  RATE_LIMIT: '1000',
  RATE_BURST: '1000',
})

const demand = (holds: boolean, promise: string) => {
  if (!holds) throw new Error(`expected that ${promise}`)
}

const isOurs = ({ image }: Container) => image.includes('shop-platform/')
const find = (all: readonly Container[], part: string) => {
  const found = all.find(({ name }) => name.includes(part))
  if (!found) throw new Error(`there is no container ${part}`)
  return found
}

const status = (path: string) =>
  fetch(gateway + path, { signal: AbortSignal.timeout(10_000) }).then(
    ({ status }) => status,
    () => 0,
  )
const untilOpen = () =>
  until('the answer 200 of /health/services', async () => (await status('/health/services')) === 200, { timeoutMs: 60_000, everyMs: 500 })

const runCollection = async ({ run }: LongRun, password: string) => {
  const collection = [join(root, 'postman/shop.postman_collection.json'), '-e', join(root, 'postman/local.postman_environment.json')]
  const given = [
    '--env-var',
    `base_url=${gateway}`,
    '--env-var',
    'admin_email=admin@shop.example',
    '--env-var',
    `admin_password=${password}`,
  ]
  await run([process.execPath, '--bun', join(root, 'node_modules/newman/bin/newman.js'), 'run', ...collection, ...given, '--color', 'off'])
}

const everyPortAnswers = async () => {
  const answers = await Promise.all(
    released.map(async name => {
      const answer = fetch(`http://127.0.0.1:${services[name].port}/health`, { signal: AbortSignal.timeout(5000) })
      return { name, status: await answer.then(({ status }) => status, String) }
    }),
  )
  const silent = answers.filter(({ status }) => status !== 200).map(({ name, status }) => `${name} ${status}`)
  demand(silent.length === 0, `each service answers on its own port, but: ${silent.join(', ')}`)
}

/** No store publishes a port, and our containers can neither act as root nor write where they should not. */
const closed = async (project: Project, all: readonly Container[]) => {
  const publishing = all.filter(({ ports }) => ports.length > 0).map(({ name }) => name)
  demand(
    publishing.length === 1 && publishing.every(name => name.includes('gateway')),
    `only the gateway publishes ports, not ${publishing.join(', ')}`,
  )
  for (const container of all.filter(one => isOurs(one) && one.status === 'running')) {
    const user = (await project.exec(container, 'id', '-u')).trim()
    demand(user !== '0', `${container.name} does not run as root`)
    const written = await project.exec(container, 'sh', '-c', 'touch /app/written 2>/dev/null && echo written || echo refused')
    demand(written.includes('refused'), `${container.name} cannot write to its image`)
  }
}

/** A customer with an order, to be found again after whatever happens. */
const placeOrder = async () => {
  const ask = async (path: string, body: unknown, token = '') => {
    const response = await fetch(gateway + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status} ${await response.text()}`)
    return response.json() as Promise<Record<string, string>>
  }
  const name = `c${crypto.randomUUID().slice(0, 8)}`
  await ask('/auth/register', { email: `${name}@example.com`, username: name, password: 'a long password', full_name: 'Some Body' })
  const { access_token = '' } = await ask('/auth/login', { username: name, password: 'a long password' })
  const items = [{ product_id: '507f1f77bcf86cd799439011', quantity: 1 }]
  const { id } = await ask('/api/orders', { items, shipping_address: '123 Main St, City' }, access_token)
  return async () => {
    const response = await fetch(`${gateway}/api/orders/${id}`, { headers: { authorization: `Bearer ${access_token}` } })
    return response.ok
  }
}
/** The first order after a start may meet services that answer later than order waits for: it is refused with 503, and asked to come again. */
const untilOrdersArePlaced = async () => {
  for (let tries = 1; ; tries++) {
    try {
      return await placeOrder()
    } catch (error) {
      if (tries === 10) throw error
      await Bun.sleep(1000)
    }
  }
}
const stillThere = async (found: () => Promise<boolean>, after: string) => {
  await untilOpen()
  await until(`finding the order after ${after}`, () => found().catch(() => false), { timeoutMs: 30_000, everyMs: 500 })
}

/** What both files must stand. `up` brings the project up again with the data it has. */
const check = async (project: Project, long: LongRun, password: () => Promise<string>, replicas: () => Promise<void>) => {
  const { report } = long
  const began = performance.now()
  await project.compose('up', '-d', '--no-build')
  const all = await project.untilReady()
  await untilOpen()
  report(`${project.name}: ${all.length} containers are up and healthy after ${((performance.now() - began) / 1000).toFixed(0)} s`)
  await untilOrdersArePlaced()
  await everyPortAnswers()
  await closed(project, all)
  report('each port answers; the stores publish none; our containers have no root and write nowhere')
  for (const time of ['first', 'second']) {
    await runCollection(long, await password())
    report(`the Postman collection passed for the ${time} time`)
  }
  await replicas()
  const found = await placeOrder()
  for (const container of (await project.containers()).filter(one => one.status === 'running')) await project.restart(container)
  await project.untilReady()
  await stillThere(found, 'a restart of each container')
  await project.compose('down')
  await project.compose('up', '-d', '--no-build')
  await project.untilReady()
  await stillThere(found, 'a restart of the whole')
  report('a restart of each container, and of the whole, lost nothing')
  await Bun.sleep(20_000)
  report(`memory of the idle project: ${await memoryOf(await project.containers())}`)
}

const removed = async (project: Project, { report }: LongRun) => {
  await project.compose('down', '--volumes')
  const left = await project.left()
  demand(left.length === 0, `nothing is left, not ${left.join(', ')}`)
  report('down --volumes left nothing')
}

/** Leaves nothing behind, and after a failure what the containers wrote. */
const whileItRuns = async (project: Project, long: LongRun, work: () => Promise<void>) => {
  try {
    await work()
  } catch (error) {
    await project.writeLogs()
    throw error
  } finally {
    await removed(project, long)
  }
}

export const checkSimple = async (project: Project, long: LongRun) => {
  const password = async () => {
    const platform = find(await project.containers(), 'platform')
    return String(JSON.parse(await project.exec(platform, 'cat', '/var/lib/shop/secrets.json')).ADMIN_PASSWORD)
  }
  await whileItRuns(project, long, () => check(project, long, password, async () => {}))
}

/** Three instances of order answer, and go on answering when one of them is killed. */
const threeOrders =
  (project: Project, { report }: LongRun) =>
  async () => {
    await project.compose('up', '-d', '--no-build', '--scale', 'order-service=3', 'order-service')
    const all = await project.untilReady()
    const orders = all.filter(({ name }) => name.includes('order-service'))
    demand(orders.length === 3, `three instances of order, not ${orders.length}`)
    await Bun.sleep(3000) // the gateway resolves names again every two seconds
    let refused = 0
    const asking = async () => {
      for (let n = 0; n < 200; n++) {
        if ((await status('/api/orders/docs/json')) !== 200) refused++
        await Bun.sleep(20)
      }
    }
    const asked = asking()
    await Bun.sleep(1000)
    const [victim] = orders
    if (victim) process.kill(victim.pid, 'SIGKILL')
    await asked
    demand(refused === 0, `no request is refused when an instance is killed, but ${refused} were`)
    await placeOrder()
    // podman-compose forgets them at `down`.
    for (const one of orders.slice(1)) await project.remove(one)
    report('three instances of order served, also while one of them was killed')
  }

export const checkFull = async (project: Project, long: LongRun, cwd: string) => {
  await long.run([process.execPath, join(root, 'scripts/compose-secrets.ts'), join(cwd, 'deploy/secrets')])
  const password = async () => readFileSync(join(cwd, 'deploy/secrets/admin_password'), 'utf8').trim()
  await whileItRuns(project, long, () => check(project, long, password, threeOrders(project, long)))
}
