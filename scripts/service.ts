import { released } from '#shared/platform'
import { mainOf } from './mains'

/** What the executable runs: the service that its argument or SERVICE names, or `all` of them in one process. */
const name = process.argv[2] ?? process.env.SERVICE
const service = released.find(one => one === name)

if (service) await (await mainOf(service)).start()
else if (name === 'all') await import('./all')
else {
  console.error(`Name the service to run, as the argument or in SERVICE: all, ${released.join(', ')}.`)
  process.exit(1)
}
