import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { obtainMongo } from './obtain-mongo'
import { hasProgram, type Program } from './programs'

type Requirement = { title: string; needs: readonly Program[]; setting?: string; packages: readonly string[] }

/** What the platform stands on, and what Debian and Ubuntu call it. The `core` packages bring no system service at all. */
export const requirements = {
  mysql: { title: 'MySQL', needs: ['mysql'], setting: 'MYSQL_URL', packages: ['mariadb-server-core', 'mariadb-client-core'] },
  mongo: { title: 'MongoDB', needs: ['mongo'], setting: 'MONGO_URL', packages: [] },
  redis: { title: 'Redis', needs: ['redis'], setting: 'REDIS_URL', packages: ['redis-server'] },
  rabbitmq: { title: 'RabbitMQ', needs: ['rabbitmq', 'epmd'], setting: 'RABBITMQ_URL', packages: ['rabbitmq-server'] },
  nginx: { title: 'Nginx', needs: ['nginx'], packages: ['nginx'] },
  wrk: { title: 'wrk', needs: ['wrk'], packages: ['wrk'] },
  chromium: { title: 'Chromium', needs: ['chromium'], setting: 'CHROMIUM_PATH', packages: ['chromium'] },
} as const satisfies Record<string, Requirement>

export type RequirementName = keyof typeof requirements

const lacks = (name: RequirementName) => !requirements[name].needs.every(hasProgram)

/** Sees to it that each of them is a program on this machine, or says in one message what is missing and what may be done. */
export async function obtain(names: readonly RequirementName[], { install, report }: { install: boolean; report: (line: string) => void }) {
  const refusals: string[] = []
  const forApt = names.filter(lacks).flatMap((name): readonly string[] => requirements[name].packages)
  if (forApt.length > 0) {
    if (!install) refusals.push('--no-install was given, so nothing was installed.')
    else if (!existsSync('/etc/debian_version')) refusals.push('They are installed by themselves on Debian and Ubuntu only.')
    else if (userInfo().uid !== 0) refusals.push('As root they would have been installed with apt-get.')
    else await aptInstall(forApt, report).catch(error => refusals.push(error.message))
  }
  const mongoLacks = names.includes('mongo') && lacks('mongo')
  if (mongoLacks && refusals.length === 0) await obtainMongo(report).catch(error => refusals.push(error.message))

  const missing = names.filter(lacks)
  if (missing.length > 0) throw new Error(missingMessage(missing, refusals))
}

export function missingMessage(missing: readonly RequirementName[], refusals: readonly string[]) {
  const parts: Requirement[] = missing.map(name => requirements[name])
  const packages = parts.flatMap(part => part.packages)
  const settings = parts.flatMap(part => part.setting ?? [])
  const ways = [
    `install what is missing${packages.length > 0 ? `, for instance: sudo apt-get install ${packages.join(' ')}` : ''}`,
    settings.length > 0 ? `say where one is, by ${settings.join(', ')} (in the environment or in .env)` : '',
    'run it all in containers: docker compose up',
  ].filter(way => way !== '')
  return [
    `Missing on this machine: ${parts.map(part => part.title).join(', ')}.`,
    ...refusals,
    'Any of these helps:',
    ...ways.map(way => `  - ${way}`),
  ].join('\n')
}

const policy = '/usr/sbin/policy-rc.d'

/** Debian starts a service as soon as it is installed, unless this file forbids it. */
async function aptInstall(packages: readonly string[], report: (line: string) => void) {
  report(`installing with apt-get: ${packages.join(' ')}`)
  const forbid = !existsSync(policy)
  if (forbid) {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n')
    chmodSync(policy, 0o755)
  }
  try {
    if (!(await apt('install', ...packages)).ok) {
      await apt('update')
      const again = await apt('install', ...packages)
      if (!again.ok) throw new Error(`apt-get could not install them: ${again.reason}`)
    }
  } finally {
    if (forbid) rmSync(policy)
  }
  // Nor at the next boot: the shop runs private instances only.
  const units = ['redis-server', 'rabbitmq-server', 'nginx', 'epmd.socket'].filter(unit =>
    packages.some(name => unit.startsWith(name.slice(0, 4))),
  )
  if (existsSync('/run/systemd/system')) Bun.spawnSync(['systemctl', 'disable', ...units])
}

async function apt(command: 'install' | 'update', ...packages: string[]) {
  const options = command === 'install' ? ['--yes', '--no-remove', '--no-install-recommends'] : []
  const run = Bun.spawn(['apt-get', command, ...options, ...packages], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [said, code] = await Promise.all([new Response(run.stderr).text(), run.exited])
  return { ok: code === 0, reason: said.split('\n').find(line => line.startsWith('E: ')) ?? said.trim() }
}
