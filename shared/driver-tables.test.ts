import { expect, test } from 'bun:test'
import { MongoClient } from 'mongodb'

/** The files that a fresh process has loaded after it ran a script. */
const loadedBy = (script: string): string[] => {
  const { stdout } = Bun.spawnSync([process.execPath, '-e', `${script}; console.log(JSON.stringify(Object.keys(require.cache)))`], {
    cwd: import.meta.dir,
  })
  return JSON.parse(stdout.toString())
}

test('mysql2 encodes without the tables of other encodings, and names errors only when there is one', () => {
  // The first connection of a process asks for MySQL's older UTF-8.
  const loaded = loadedBy(
    "require('mysql2'); require(require.resolve('mysql2').replace(/index.js$/, 'lib/parsers/string.js')).encode('é', 'cesu8')",
  )
  expect(loaded).toContainEqual(expect.stringContaining('/iconv-lite/'))
  expect(loaded.filter(path => /iconv-lite.*(sbcs|dbcs|tables)|mysql2.*errors\.js/.test(path))).toEqual([])
})

test('the MongoDB driver reads its address with the URL of Bun, and without another parser', async () => {
  expect(loadedBy("require('mongodb')").filter(path => /whatwg-url|tr46/.test(path))).toEqual([])
  const client = new MongoClient('mongodb://sh%40op:p%3Aw%2Fd@one:27018,[::1]:27019,three/stock?replicaSet=rs0&authSource=admin')
  const { hosts, credentials, dbName, replicaSet } = client.options
  expect(hosts.map(String)).toEqual(['one:27018', '[::1]:27019', 'three:27017'])
  expect(credentials).toMatchObject({ username: 'sh@op', password: 'p:w/d', source: 'admin' })
  expect([dbName, replicaSet]).toEqual(['stock', 'rs0'])
  expect(() => new MongoClient('mongodb://')).toThrow('Protocol and host list are required')
  await client.close()
})
