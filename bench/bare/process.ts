import { join } from 'node:path'
import { anyFreePort } from '../../scripts/ports'

export interface Bare {
  url: string
  pid: number
  readyMs: number
  stop(): Promise<void>
}

/** A bare route in a process of its own. */
export const startBare = async (kind: string, env: Record<string, string> = {}): Promise<Bare> => {
  const port = anyFreePort()
  const began = performance.now()
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'route.ts')], {
    env: { ...process.env, NODE_ENV: 'production', ...env, BARE: kind, PORT: String(port) },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const url = `http://127.0.0.1:${port}/`
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the bare ${kind} route did not start`)
    if (
      await fetch(url, { method: 'OPTIONS' }).then(
        () => true,
        () => false,
      )
    )
      break
    await Bun.sleep(5)
  }
  return {
    url,
    pid: child.pid,
    readyMs: performance.now() - began,
    async stop() {
      child.kill()
      await child.exited
    },
  }
}

/** Nginx with nothing but what the pair needs: a cache, or a plain hop. */
export const startBareNginx = async (dir: string, upstream: string, cached: boolean): Promise<Bare> => {
  const { mkdirSync } = await import('node:fs')
  const port = anyFreePort()
  mkdirSync(dir, { recursive: true })
  const cache = cached ? 'proxy_cache bare; proxy_cache_valid 200 60s;' : ''
  await Bun.write(
    join(dir, 'nginx.conf'),
    `worker_processes 2; pid nginx.pid; error_log stderr warn; events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  proxy_cache_path cache keys_zone=bare:1m;
  upstream bare { server ${new URL(upstream).host}; keepalive 64; }
  server { listen 127.0.0.1:${port} reuseport; location / { proxy_pass http://bare; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host localhost; ${cache} } }
}`,
  )
  const began = performance.now()
  const child = Bun.spawn(['nginx', '-p', `${dir}/`, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off;'], { stderr: 'inherit' })
  const url = `http://127.0.0.1:${port}/`
  while (
    !(await fetch(url, { method: 'OPTIONS' }).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error('the bare Nginx did not start')
    await Bun.sleep(5)
  }
  return {
    url,
    pid: child.pid,
    readyMs: performance.now() - began,
    async stop() {
      child.kill()
      await child.exited
    },
  }
}
