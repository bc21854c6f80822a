import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { shop } from '../shop'
import { hashesPasswords, marker, type Variant, variantsOf } from './hostile-variants'
import { type Answer, type Operation, operations, send } from './operations'
import { changesItsCaller, deleteAutomaticCampaigns, newPerson } from './people'
import { createSamples, type PathOf } from './samples'

/** Hostile input to every route, with an admin's token where the route needs one, so that it is not refused before it is read. */

const all = await operations()
let token: string
let pathOf: PathOf

afterAll(deleteAutomaticCampaigns)
beforeAll(async () => {
  const [admin, owner] = await Promise.all([newPerson('admin'), newPerson()])
  token = admin.token
  pathOf = await createSamples(admin, owner)
})

/** A path that is changed is that of another operation or of none: its refusals are problems, but not those of this operation. */
const isElsewhere = (what: string, { status, headers }: Answer) =>
  what.startsWith('path') && status >= 400 && headers.get('content-type') === 'application/problem+json'

const faultsOf = async (operation: Operation, { what, method, path, headers, body }: Variant): Promise<string[]> => {
  // On a connection of its own: after some refusals the gateway closes the connection while the client sends its next request.
  const answer = await send(path, { method, headers, keepalive: false, ...(body !== undefined && { body }) })
  // A conditional request may get 304, also from the gateway's cache.
  if (answer.status === 304 && headers['if-none-match'] && answer.text === '') return []
  const faults = [
    ...(answer.status >= 500 ? [`answered ${answer.status}: ${answer.text.slice(0, 200)}`] : []),
    ...(isElsewhere(what, answer) ? [] : operation.faultsOf(answer)),
    ...(answer.status >= 400 && answer.text.includes(marker) ? [`repeats the input: ${answer.text.slice(0, 300)}`] : []),
    ...([...answer.headers.values()].some(value => value.includes(marker)) ? ['repeats the input in a header'] : []),
    ...(/\n\s+at |node_modules|stack/.test(answer.status >= 400 ? answer.text : '') ? ['shows a stack trace'] : []),
  ]
  return faults.map(fault => `${what}: ${answer.status} ${fault}`)
}

const atOnce = 8

describe.each(all.map(operation => [operation.name, operation] as const))('%s', (_name, operation) => {
  test('answers hostile input as its document says, without repeating it', async () => {
    const caller = changesItsCaller(operation) ? (await newPerson('admin')).token : token
    const variants = variantsOf(
      operation,
      change => pathOf(operation, change),
      operation.access === 'public' ? {} : { authorization: `Bearer ${caller}` },
    )
    expect(variants.length).toBeGreaterThanOrEqual(100)
    const left = variants.values()
    const faults: string[] = []
    const worker = async () => {
      for (const variant of left) faults.push(...(await faultsOf(operation, variant)))
    }
    await Promise.all(Array.from({ length: hashesPasswords(operation) ? 2 : atOnce }, worker))
    expect(faults).toEqual([])
  })
})

test('after all of it the platform is healthy, its products are unchanged, and its administrator is logged in', async () => {
  expect((await send('/health/services')).status).toBe(200)
  const sample = JSON.parse((await send('/api/products/507f1f77bcf86cd799439011')).text)
  expect(sample).toMatchObject({ price: 1500, currency: 'USD', status: 'active' })
  expect((await (await shop.admin()).ask('GET', '/api/users/me')).status).toBe(200)
})
