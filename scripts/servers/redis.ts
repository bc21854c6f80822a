import { join } from 'node:path'
import { programs } from './programs'
import { answersWith, launch, privateFolder, type ServerOptions } from './server'

/** Every write goes to the append-only file; a full memory refuses writes rather than dropping carts. */
export async function startRedis({ dir, port }: ServerOptions) {
  const folder = privateFolder(dir)
  return launch({
    name: 'redis',
    port,
    url: `redis://127.0.0.1:${port}`,
    command: [
      programs.redis(),
      ...['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--daemonize', 'no'],
      ...['--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'],
    ],
    output: join(folder, 'redis.log'),
    ready: () => answersWith(port, 'PING\r\n', '+PONG'),
  })
}
