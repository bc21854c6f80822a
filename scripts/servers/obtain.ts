import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { aptInstall, removeLeftPolicy } from './apt'
import { obtainMongo } from './obtain-mongo'
import { hasProgram, type Program } from './programs'

type Requirement = { title: string; needs: readonly Program[]; setting?: string; packages: readonly string[] }

/** What the platform needs, with its packages in Debian and Ubuntu. The `core` packages contain no system service. */
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

/** What the platform runs on. The others are for tests and measurements. */
const ofPlatform: readonly RequirementName[] = ['mysql', 'mongo', 'redis', 'rabbitmq', 'nginx']

const isMissing = (name: RequirementName) => !requirements[name].needs.every(hasProgram)

type Options = { install: boolean; report: (line: string) => void; interrupted?: AbortSignal }

/** Installs what is missing of these, or throws an error that names what is missing and the ways to get it. */
export async function obtain(names: readonly RequirementName[], { install, report, interrupted }: Options) {
  const refusals: string[] = []
  const isRoot = userInfo().uid === 0
  if (isRoot) removeLeftPolicy()
  const refuse = (error: Error) => {
    interrupted?.throwIfAborted()
    refusals.push(error.message)
  }
  const forApt = names
    .filter(isMissing)
    .map((name): readonly string[] => requirements[name].packages)
    .filter(packages => packages.length > 0)
  if (forApt.length > 0) {
    if (!install) refusals.push('--no-install was given, so nothing was installed.')
    else if (!existsSync('/etc/debian_version')) refusals.push('They can be installed automatically on Debian and Ubuntu only.')
    else if (!isRoot) refusals.push('Root could install them automatically with apt-get.')
    else await aptInstall(forApt, { report, interrupted }).then(failures => refusals.push(...failures), refuse)
  }
  const needsMongo = names.includes('mongo') && isMissing('mongo')
  if (needsMongo && refusals.length === 0) await obtainMongo(report, interrupted).catch(refuse)

  const missing = names.filter(isMissing)
  if (missing.length > 0) throw new Error(missingMessage(missing, refusals))
}

export function missingMessage(missing: readonly RequirementName[], refusals: readonly string[]) {
  const parts: Requirement[] = missing.map(name => requirements[name])
  const packages = parts.flatMap(part => part.packages)
  const settings = parts.flatMap(part => part.setting ?? [])
  const ways = [
    `install what is missing${packages.length > 0 ? `, for instance: sudo apt-get install ${packages.join(' ')}` : ''}`,
    settings.length > 0 ? `use one of your own: set ${settings.join(', ')} (in the environment or in .env)` : '',
    missing.some(name => ofPlatform.includes(name)) ? 'run the platform in containers: docker compose -f docker-compose.simple.yml up' : '',
  ].filter(way => way !== '')
  return [
    `Missing on this machine: ${parts.map(part => part.title).join(', ')}.`,
    ...refusals,
    'You can:',
    ...ways.map(way => `  - ${way}`),
  ].join('\n')
}
