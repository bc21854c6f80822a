import { join } from 'node:path'
import { programs } from './programs'
import { answersWith, launch, privateFolder, type ServerOptions } from './server'

/** Starts Redis. Every write goes to the append-only file; when memory is full, writes are refused and nothing is evicted. */
export async function startRedis({ dir, port }: ServerOptions) {
  const folder = privateFolder(dir)
  return launch({
    name: 'redis',
    port,
    url: `redis://127.0.0.1:${port}`,
    command: [
      programs.redis(),
      ...['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--daemonize', 'no'],
      ...['--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction', '--hz', '2'],
    ],
    output: join(folder, 'redis.log'),
    ready: () => answersWith(port, 'PING\r\n', '+PONG'),
  })
}
