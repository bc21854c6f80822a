import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { anyFreePort } from '../../scripts/ports'
import { programs } from '../../scripts/servers/programs'
import type { BareKind } from './route'

export interface Bare {
  url: string
  pid: number
  stop(): Promise<void>
}

/** Killed when the benchmark ends, also after a row that failed. */
const running = new Set<{ kill(): void }>()
process.on('exit', () => {
  for (const child of running) child.kill()
})

/** Starts a process, and requests its URL until `ready` accepts the answer. */
export const startProcess = async (
  command: string[],
  { url, env, ready = () => true }: { url: string; env?: Record<string, string | undefined>; ready?: (answer: Response) => boolean },
): Promise<Bare> => {
  const child = Bun.spawn(command, { env: { ...process.env, NODE_ENV: 'production', ...env }, stdout: 'ignore', stderr: 'inherit' })
  running.add(child)
  void child.exited.then(() => running.delete(child))
  const stop = async () => {
    child.kill()
    await child.exited
  }
  const answers = () => fetch(url, { signal: AbortSignal.timeout(1000) }).then(ready, () => false)
  const deadline = Date.now() + 60_000
  while (!(await answers())) {
    if (child.exitCode !== null || Date.now() > deadline) {
      const how = child.exitCode === null ? 'did not answer within 60 s' : `ended with ${child.exitCode}`
      await stop()
      throw new Error(`${command.join(' ')} ${how}`)
    }
    await Bun.sleep(10)
  }
  return { url, pid: child.pid, stop }
}

/** A bare route in a process of its own. */
export const startBare = (kind: BareKind, env: Record<string, string> = {}): Promise<Bare> => {
  const port = anyFreePort()
  const url = `http://127.0.0.1:${port}/`
  return startProcess([process.execPath, join(import.meta.dir, 'route.ts')], { url, env: { ...env, BARE: kind, PORT: `${port}` } })
}

/** Nginx with a cache or as a plain hop, and nothing else. */
export const startBareNginx = (dir: string, upstream: string, { cached }: { cached: boolean }): Promise<Bare> => {
  const port = anyFreePort()
  mkdirSync(dir, { recursive: true })
  const cache = cached ? 'proxy_cache bare; proxy_cache_valid 200 60s;' : ''
  const conf = `worker_processes 2; pid nginx.pid; error_log stderr warn; events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 1000000;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  proxy_cache_path cache keys_zone=bare:1m;
  upstream bare { server ${new URL(upstream).host}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://bare; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host localhost; ${cache} }
  }
}`
  return Bun.write(join(dir, 'nginx.conf'), conf).then(() => {
    const global = process.getuid?.() === 0 ? 'daemon off; user root root;' : 'daemon off;'
    const command = [programs.nginx(), '-p', `${dir}/`, '-c', 'nginx.conf', '-e', 'stderr', '-g', global]
    return startProcess(command, { url: `http://127.0.0.1:${port}/` })
  })
}
