import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Described } from '#shared/asyncapi'
import * as catalog from '#shared/catalog'
import { root } from '../install'
import type { Release } from './changes'

/** What the last release published: messages in this form may lie in queues, and its consumers may still run beside ours. */
const file = join(root, 'shared/catalog/released.json')

export const events: readonly Described[] = Object.values(catalog)

/** Every service has its own `admin.acted`, so an event has its exchange in its name. */
export const fullName = (event: Described) => (event.kind === 'event' ? `${event.exchange} ${event.type}` : event.type)

/** What this release publishes, as plain JSON. */
export const published = (of: readonly Described[] = events): Release =>
  JSON.parse(
    JSON.stringify(
      Object.fromEntries(
        of.map(event => [fullName(event), { by: event.kind === 'event' ? event.from : event.owner, schema: event.schema }]),
      ),
    ),
  )

export const lastRelease = (): Release => JSON.parse(readFileSync(file, 'utf8'))

/** One line for each event, so that a change is seen where it is. */
if (import.meta.main) {
  const lines = Object.entries(published()).map(([type, form]) => `  ${JSON.stringify(type)}: ${JSON.stringify(form)}`)
  writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`)
  console.log(`shared/catalog/released.json has the ${lines.length} events of this release.`)
}
