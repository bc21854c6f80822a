import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backUp, restore } from './copy'
import { writeCompressed } from './files'

const dir = mkdtempSync(join(tmpdir(), 'backup-copy-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** Nobody listens there: whatever is refused, is refused before a server is asked. */
const nowhere = 'redis://127.0.0.1:1'
const places = {
  mysql: 'mysql://root@127.0.0.1:1',
  mongo: 'mongodb://127.0.0.1:1',
  redis: nowhere,
  carts: nowhere,
  rabbitmq: 'amqp://127.0.0.1:1',
}
const silent = () => {}
async function* text() {
  yield 'INSERT INTO orders VALUES (1);\n'.repeat(1000)
}

test('a backup takes no folder that holds files: interrupted, it would pass for the older one', async () => {
  const folder = mkdtempSync(join(dir, 'used-'))
  writeFileSync(join(folder, 'manifest.json'), '{}')
  await expect(backUp(places, folder, silent)).rejects.toThrow(`${folder} is not empty`)
})

test('a backup of which a file is missing, cut off or changed is refused before anything is removed', async () => {
  const folder = mkdtempSync(join(dir, 'whole-'))
  const file = join(folder, 'mysql/shop_order.sql.gz')
  const manifest = { taken_at: '', mysql: { shop_order: {} }, mongo: {}, redis: {}, messages_to_be_tried_again: 0 }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  const refused = () => expect(restore(places, folder, silent)).rejects.toThrow(`${file} is missing or damaged`)
  await refused()
  await writeCompressed(file, text())
  const whole = readFileSync(file)
  writeFileSync(file, whole.subarray(0, -9))
  await refused()
  writeFileSync(
    file,
    whole.map((byte, at) => (at === 60 ? byte ^ 1 : byte)),
  )
  await refused()
  writeFileSync(file, whole)
  await expect(restore(places, folder, silent)).rejects.not.toThrow('is missing or damaged')
})
