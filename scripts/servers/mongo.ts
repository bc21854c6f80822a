import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { programs } from './programs'
import { launch, privateFolder, type ServerOptions } from './server'

/** Without these, an idle MongoDB mostly holds memory for connections and log files that a single shop never uses. */
const lean = [
  ...['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '64', '--setParameter', 'diagnosticDataCollectionEnabled=false'],
  // The journal is also written for whoever waits for it, as every write of the shop does.
  ...['--journalCommitInterval', '500'],
  '--wiredTigerEngineConfigString=session_max=1000,log=(file_max=4MB,prealloc=false),eviction=(threads_min=1,threads_max=1)',
]

/** Starts a replica set of one, since transactions need a set. It is ready when it accepts writes. */
export async function startMongo({ dir, port }: ServerOptions) {
  const folder = privateFolder(dir)
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`
  return launch({
    name: 'mongo',
    port,
    url,
    command: [
      programs.mongo(),
      ...['--dbpath', privateFolder(folder, 'data'), '--port', `${port}`, '--bind_ip', '127.0.0.1', '--nounixsocket', '--replSet', 'rs0'],
      ...lean,
    ],
    output: join(folder, 'mongo.log'),
    ready: () => writable(url, port),
  })
}

const [notYetInitiated, notAMember] = [94, 93]

async function writable(url: string, port: number) {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 500 })
  try {
    const admin = client.db('admin')
    const { isWritablePrimary } = await admin.command({ hello: 1 })
    if (isWritablePrimary === true) return true
    const members = [{ _id: 0, host: `127.0.0.1:${port}` }]
    const status = await admin.command({ replSetGetStatus: 1 }).catch(error => error)
    if (status?.code === notYetInitiated) await admin.command({ replSetInitiate: { _id: 'rs0', members } })
    // The set was made at another port.
    if (status?.code === notAMember) {
      const { config } = await admin.command({ replSetGetConfig: 1 })
      await admin.command({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true })
    }
    return false
  } finally {
    await client.close()
  }
}
