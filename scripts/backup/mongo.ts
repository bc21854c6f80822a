import { BSON, type ClientSession, type Document, type MongoClient } from 'mongodb'
import { readCompressed, writeCompressed } from './files'
import type { Rows } from './mysql'

const batch = 500

/** The databases of all services. */
export const databasesOf = async (client: MongoClient): Promise<string[]> => {
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true })
  return databases.map(({ name }) => name).filter(name => name.startsWith('shop_'))
}

/** The first read of the session fixes the moment that all of its reads show. MongoDB keeps it for five minutes by default. */
export const snapshotSession = async (client: MongoClient): Promise<ClientSession> => {
  const session = client.startSession({ snapshot: true })
  await client.db('shop_product').collection('outbox').findOne({}, { session })
  return session
}

/** Writes each collection as the BSON of its documents, as mongodump does. Indexes are made by the services when they start. */
export const dumpDatabase = async (client: MongoClient, session: ClientSession, name: string, pathOf: (collection: string) => string) => {
  const db = client.db(name)
  const counts: Rows = {}
  for (const { name: collection } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    counts[collection] = 0
    const documents = async function* () {
      for await (const document of db.collection(collection).find({}, { session, raw: true, batchSize: batch })) {
        counts[collection] = (counts[collection] ?? 0) + 1
        if (!(document instanceof Uint8Array)) throw new Error('the driver decoded a document that was to stay as it is stored')
        yield document
      }
    }
    await writeCompressed(pathOf(collection), documents())
  }
  return counts
}

async function* documentsIn(path: string): AsyncGenerator<Document> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of readCompressed(path)) {
    rest = rest.length > 0 ? Buffer.concat([rest, piece]) : piece
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const size = rest.readInt32LE(0)
      // Numbers keep their BSON types: a document must come back as it was.
      yield BSON.deserialize(rest.subarray(0, size), { promoteValues: false })
      rest = rest.subarray(size)
    }
  }
}

/** Replaces a database by its dump, and returns the documents of each collection. */
export const restoreDatabase = async (
  client: MongoClient,
  name: string,
  collections: readonly string[],
  pathOf: (collection: string) => string,
) => {
  const db = client.db(name)
  await db.dropDatabase()
  const counts: Rows = {}
  for (const collection of collections) {
    const into = db.collection(collection)
    let waiting: Document[] = []
    const flush = async () => {
      if (waiting.length > 0) await into.insertMany(waiting, { writeConcern: { w: 'majority', journal: true } })
      waiting = []
    }
    for await (const document of documentsIn(pathOf(collection))) {
      waiting.push(document)
      if (waiting.length === batch) await flush()
    }
    await flush()
    counts[collection] = await into.countDocuments()
  }
  return counts
}
