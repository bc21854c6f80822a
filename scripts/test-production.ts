import { join } from 'node:path'
import { root } from './install'
import { productionServers } from './servers/programs'

/** Production's versions. MongoDB is that of the other tests: not every machine can reach its makers' site, which alone has newer ones. */
const production = 'MySQL 9.7, Redis 8, RabbitMQ 4.3, Nginx 1.30'

console.log(`the tests on production's versions: ${production}`)
const fetched = Bun.spawnSync(['sh', join(root, 'scripts/servers/servers-from-sid.sh'), productionServers], {
  stdio: ['ignore', 'inherit', 'inherit'],
})
if (!fetched.success) process.exit(1)

Object.assign(process.env, { SERVERS_DIR: productionServers, TEST_VERSIONS: production })
await import('./test')
