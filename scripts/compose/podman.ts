import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { root } from '../install'
import type { LongRun } from '../long-run'
import { cacheFolder, programs } from '../servers/programs'
import type { Engine } from './engine'

const folder = join(cacheFolder, 'containers')
const packages = 'podman buildah crun netavark aardvark-dns iptables iproute2 catatonit debootstrap python3-venv'.split(' ')
const inside = 'SHOP_CONTAINERS'

const configuration: Record<string, string> = {
  'containers.conf': [
    '[containers]\ndefault_ulimits = []\ncgroups = "disabled"\ninit_path = "/usr/bin/catatonit"',
    '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nruntime = "crun"',
    `[network]\nnetwork_backend = "netavark"\nnetwork_config_dir = "${folder}/networks"\n`,
  ].join('\n'),
  'policy.json': '{"default":[{"type":"insecureAcceptAnything"}]}',
  'storage.conf': `[storage]\ndriver = "overlay"\nrunroot = "/run/shop-containers"\ngraphroot = "${folder}/storage"\n`,
  'registries.conf': 'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "disabled"\n',
}

const compose = join(folder, 'compose/bin/podman-compose')
const podman: Engine = { program: 'podman', compose: [compose, '--podman-path', join(import.meta.dir, 'podman.sh')], checksHealth: false }

/** Whether this process is the one that `isolate` started. */
export const isIsolated = () => process.env[inside] !== undefined

/**
 * Runs this script again where the containers are alone: with processes, a network and a /run of their own, all of which end with it. crun refuses to
 * work beside a second, empty hierarchy of control groups, which some machines have: there it is taken away.
 */
export const isolate = async (): Promise<never> => {
  const script = [
    'mountpoint -q /sys/fs/cgroup/unified && umount /sys/fs/cgroup/unified',
    'mount -t tmpfs tmpfs /run && mkdir /run/netns && ip link set lo up && sysctl -qw net.ipv4.ip_forward=1',
    // This machine's name server cannot be reached from there: whatever the containers' own does not know is refused at once.
    'echo "nameserver 127.0.0.1" >/run/resolv.conf && mount --bind /run/resolv.conf /etc/resolv.conf && exec "$@"',
  ].join('; ')
  const unshare = ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc']
  const child = Bun.spawn([...unshare, 'sh', '-c', script, 'sh', process.execPath, ...process.argv.slice(1)], {
    env: { ...process.env, [inside]: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGKILL'))
  process.exit(await child.exited)
}

/** Podman where `isolate` put this process, without what an interrupted run may have left. */
export const isolatedPodman = async ({ run }: LongRun): Promise<Engine> => {
  for (const command of ['rm --all --force', 'volume prune --force', 'network prune --force']) await run(['podman', ...command.split(' ')])
  return podman
}

/** Installs Podman, makes images of the names that the compose files use, and builds ours by the Dockerfile. `project` is what is built. */
export const preparePodman = async ({ run, report }: LongRun, project: string, services: readonly string[]): Promise<void> => {
  if (userInfo().uid !== 0) throw new Error('without Docker, test:compose needs Debian and root: it runs the containers with Podman')
  if (!packages.slice(0, 3).every(name => Bun.which(name))) {
    report('installing podman with apt-get')
    await run(['apt-get', 'install', '--yes', '--no-install-recommends', ...packages])
  }
  mkdirSync(join(folder, 'networks'), { recursive: true })
  for (const [name, text] of Object.entries(configuration)) writeFileSync(join(folder, name), text)
  Object.assign(process.env, {
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
    CONTAINERS_REGISTRIES_CONF: join(folder, 'registries.conf'),
    NETWORKS: join(folder, 'networks'),
  })
  if (!existsSync(compose)) {
    await run(['python3', '-m', 'venv', join(folder, 'compose')])
    await run([join(folder, 'compose/bin/pip'), 'install', '--quiet', 'podman-compose==1.6.0'])
  }
  report('images that stand in for the public ones, made from Debian’s packages')
  const mongod = join(programs.mongo(), '../..')
  await run(['sh', join(import.meta.dir, 'stand-ins/make.sh'), join(folder, 'roots'), mongod, process.execPath, root])
  report('our images, built by the Dockerfile')
  const npm = join(userInfo().homedir, '.npmrc')
  const machine = ['/etc/ssl/certs', ...(existsSync(npm) ? [npm] : [])].flatMap(path => ['--volume', `${path}:${path}:ro`])
  const build = ['buildah', 'bud', '--layers', '--isolation', 'chroot', '--pull-never', '--network', 'host', ...machine]
  await run([...build, '--target', 'gateway', '--tag', 'docker.io/shop-platform/gateway', '.'], { cwd: project })
  for (const service of ['all', ...services])
    await run([...build, '--target', 'platform', '--build-arg', `SERVICE=${service}`, '--tag', `docker.io/shop-platform/${service}`, '.'], {
      cwd: project,
    })
}
