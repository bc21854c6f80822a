import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

type Options = {
  report: (line: string) => void
  interrupted?: AbortSignal | undefined
  policy?: string
  aptGet?: string
}

/** Debian starts a service as soon as it is installed, unless this file exists and forbids it. */
const policyFile = '/usr/sbin/policy-rc.d'

/** The file names its maker, so that a later start can tell one that was killed from one that is installing, and from the machine's own file. */
const policyOf = (pid: number) =>
  `#!/bin/sh\n# shop-platform, process ${pid}: servers are installed, and run as private instances only\nexit 101\n`

/** Removes the file if its maker was killed: with it, no service that anybody installs on this machine would start. */
export function removeLeftPolicy(policy = policyFile) {
  const [, maker] = (existsSync(policy) && /^# shop-platform, process (\d+):/m.exec(readFileSync(policy, 'utf8'))) || []
  if (maker && !existsSync(`/proc/${maker}`)) rmSync(policy)
}

/** Installs groups of packages, and returns why some could not be. A group that this system lacks, as Ubuntu lacks Chromium, takes no other with it. */
export async function aptInstall(
  groups: readonly (readonly string[])[],
  { report, interrupted, policy = policyFile, aptGet = 'apt-get' }: Options,
) {
  const all = groups.flat()
  const apt = async (command: 'install' | 'update', packages: readonly string[] = []) => {
    interrupted?.throwIfAborted()
    const options = command === 'install' ? ['--yes', '--no-remove', '--no-install-recommends'] : []
    const run = Bun.spawn([aptGet, command, ...options, ...packages], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [output, code] = await Promise.all([new Response(run.stderr).text(), run.exited])
    interrupted?.throwIfAborted()
    return { ok: code === 0, reason: output.split('\n').find(line => line.startsWith('E: ')) ?? output.trim() }
  }

  report(`installing with apt-get: ${all.join(' ')}`)
  const withPolicy = !existsSync(policy)
  if (withPolicy) {
    writeFileSync(policy, policyOf(process.pid))
    chmodSync(policy, 0o755)
  }
  try {
    if ((await apt('install', all)).ok) return []
    await apt('update')
    if ((await apt('install', all)).ok) return []
    const failures: string[] = []
    for (const packages of groups) {
      const { ok, reason } = await apt('install', packages)
      if (!ok) failures.push(`apt-get could not install ${packages.join(' ')}: ${reason}`)
    }
    return failures
  } finally {
    if (withPolicy) rmSync(policy, { force: true })
    disableUnits(all)
  }
}

/** They must not start at the next boot either: the shop runs private instances only. */
function disableUnits(packages: readonly string[]) {
  const units = ['redis-server', 'rabbitmq-server', 'nginx', 'epmd.socket'].filter(unit =>
    packages.some(name => unit.startsWith(name.slice(0, 4))),
  )
  if (existsSync('/run/systemd/system')) Bun.spawnSync(['systemctl', 'disable', ...units])
}
