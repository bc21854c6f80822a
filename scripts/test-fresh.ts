import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './install'
import { longRun } from './long-run'

const usage = `bun run test:fresh [--keep]
  Runs the README's two commands on a machine that has never seen the project: a minimal Debian 12 with Node and npm, in a temporary folder, with a
  clean clone of the last commit inside. Needs Debian, root and about 4 GB. The whole output goes to .data/fresh.log. --keep leaves the folder.`

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } })

const logFile = join(root, '.data/fresh.log')
const { report, run, end } = longRun(logFile)

/** Where this machine gets Debian's packages: a mirror of its own may be all that it reaches. */
const debianMirror = (): string => {
  const files = ['/etc/apt/sources.list', '/etc/apt/sources.list.d/debian.sources'].filter(existsSync)
  const found = files.map(file => readFileSync(file, 'utf8')).join('\n')
  const mirror = /^\s*(?:URIs:|deb)\s+(?:\[[^\]]*\]\s+)?(https?:\S+)/m.exec(found)?.[1]
  if (!mirror) throw new Error('test:fresh needs Debian: there is no package source in /etc/apt')
  return mirror
}

/** What a machine behind a proxy or with a certificate authority of its own needs in order to reach anything: no part of the project. */
const networkFiles = [
  '/etc/resolv.conf',
  '/etc/hosts',
  '/etc/ssl/certs',
  '/usr/share/ca-certificates',
  '/usr/local/share/ca-certificates',
  '/etc/pip.conf',
  '/root/.npmrc',
]
const networkSettings =
  /^(https?_proxy|no_proxy|npm_config_(registry|cafile)|node_extra_ca_certs|ssl_cert_(file|dir)|pip_(index_url|cert|config_file))$/i

const inside = (machine: string) => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => networkSettings.test(name)))
  const home = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8', TERM: 'dumb' }
  const mounts = [
    `mount -t proc proc ${machine}/proc`,
    `mount --rbind /dev ${machine}/dev`,
    `mount -t tmpfs tmpfs ${machine}/dev/shm`,
    `exec chroot ${machine} /bin/bash -c "$0"`,
  ].join(' && ')
  // A process namespace of its own: what a command leaves behind ends with it.
  return (folder: string, script: string) =>
    run(
      [
        'unshare',
        '--mount',
        '--propagation',
        'private',
        '--pid',
        '--fork',
        '--kill-child',
        '/bin/bash',
        '-c',
        mounts,
        `cd ${folder} && ${script}`,
      ],
      { env: { ...env, ...home } },
    )
}

const testResults = (output: string) =>
  Bun.stripANSI(output)
    .split('\n')
    .filter(line => /^ *\d+ (pass|fail|skip)$|^Ran \d+ tests/.test(line))
    .map(line => line.trim())
    .join(', ')

async function main() {
  if (values.help) return console.log(usage)
  if (userInfo().uid !== 0) throw new Error('test:fresh needs root: it makes a root file system of its own.')
  if (!Bun.which('debootstrap')) {
    report('installing debootstrap with apt-get')
    await run(['apt-get', 'install', '--yes', '--no-install-recommends', 'debootstrap'])
  }
  const machine = mkdtempSync(join(tmpdir(), 'fresh-'))
  try {
    report(`a minimal Debian 12 with Node and npm, in ${machine}`)
    await run(['debootstrap', '--variant=minbase', '--include=ca-certificates', 'bookworm', machine, debianMirror()])
    for (const path of networkFiles) if (existsSync(path)) await run(['cp', '-rLT', '--remove-destination', path, join(machine, path)])
    writeFileSync(join(machine, 'etc/hostname'), 'fresh\n')
    const command = inside(machine)
    await command('/root', 'DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends nodejs npm')
    await run(['git', 'clone', '--quiet', '--no-hardlinks', root, join(machine, 'root/shop')])
    // Git is not there either: the commands must not need it.
    rmSync(join(machine, 'root/shop/.git'), { recursive: true })

    report('npx -y bun@1.4.5 start')
    const health =
      'node -e "fetch(\'http://127.0.0.1:8080/health/services\').then(async answer => { console.log(answer.status, await answer.text()); process.exit(answer.ok ? 0 : 1) })"'
    // In front of a person it stays until Ctrl-C; here it starts in the background and is asked and stopped in the same breath.
    const started = await command('/root/shop', `npx -y bun@1.4.5 start --detach && ${health} && npx -y bun@1.4.5 run stop`)
    if (!started.includes('The shop is open')) throw new Error(`the shop did not say that it is open; the whole output: ${logFile}`)
    report('the shop was open, answered, and stopped')

    report('npx -y bun@1.4.5 run test')
    report(testResults(await command('/root/shop', 'npx -y bun@1.4.5 run test')))
    report(`both commands work on a fresh machine; the whole output: ${logFile}`)
  } finally {
    if (!values.keep) rmSync(machine, { recursive: true, force: true })
  }
}

main().then(
  () => end(0),
  error => {
    report(error instanceof Error ? error.message : String(error))
    end(1)
  },
)
