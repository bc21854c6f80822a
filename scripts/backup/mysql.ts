import { type Connection, createConnection, escapeId, escape as quoted, type RowDataPacket } from 'mysql2'
import { compressedLines, writeCompressed } from './files'

/** The rows of each table, by name. */
export type Rows = Record<string, number>

type Kind = 'number' | 'bytes' | 'text'
const numbers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'float', 'double', 'year'])
const bytes = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob', 'bit'])
const kindOf = (type: string): Kind => (numbers.has(type) ? 'number' : bytes.has(type) ? 'bytes' : 'text')

const literal = (value: Buffer | null, kind: Kind) => {
  if (value === null) return 'NULL'
  if (kind === 'number') return value.toString('latin1')
  if (kind === 'bytes') return value.length > 0 ? `x'${value.toString('hex')}'` : "''"
  return quoted(value.toString('utf8'))
}

const statementBytes = 256 * 1024

/** A connection to the server of `adminUrl` with which values are read and written exactly as they are stored. */
export const openMysql = async (adminUrl: string) => {
  const connection = createConnection({ uri: adminUrl, charset: 'utf8mb4_bin', connectTimeout: 5000 })
  const run = async (sql: string, values: unknown[] = []) => {
    const [rows] = await connection.promise().query<RowDataPacket[]>(sql, values)
    return rows
  }
  await run("set time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, unique_checks = 0")
  return { connection, run, close: () => connection.promise().end() }
}
type Mysql = Awaited<ReturnType<typeof openMysql>>

/** The schemas of all services. */
export const schemasOf = async ({ run }: Mysql): Promise<string[]> =>
  (await run("select schema_name as name from information_schema.schemata where schema_name like 'shop\\_%' order by 1")).map(
    ({ name }) => name,
  )

/** From here on the connection sees all schemas as they are now. */
export const beginSnapshot = async ({ run }: Mysql) => {
  await run('set session transaction isolation level repeatable read')
  await run('start transaction with consistent snapshot')
}

/** Writes a schema as SQL, one statement on each line, which the `mysql` command can read as well. */
export const dumpSchema = async (mysql: Mysql, schema: string, path: string): Promise<Rows> => {
  const { run } = mysql
  const tables = await run(
    "select table_name as name from information_schema.tables where table_schema = ? and table_type = 'BASE TABLE'",
    [schema],
  )
  const counts: Rows = {}
  const statements = async function* () {
    const id = escapeId(schema)
    yield `SET NAMES utf8mb4 COLLATE utf8mb4_bin;\nSET time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, unique_checks = 0;\n`
    yield `DROP DATABASE IF EXISTS ${id};\nCREATE DATABASE ${id} CHARACTER SET utf8mb4;\nUSE ${id};\n`
    for (const { name } of tables) {
      const [made] = await run(`show create table ${id}.${escapeId(name)}`)
      yield `${String(made?.['Create Table']).replaceAll('\n', ' ')};\n`
      counts[name] = 0
      for await (const { statement, rows } of insertsOf(mysql, schema, name)) {
        counts[name] += rows
        yield statement
      }
    }
  }
  await writeCompressed(path, statements())
  return counts
}

/** The rows of a table as INSERT statements of bounded size. */
async function* insertsOf({ connection, run }: Mysql, schema: string, table: string) {
  const columns = await run(
    "select column_name as name, data_type as type from information_schema.columns where table_schema = ? and table_name = ? and extra not like '%GENERATED%' order by ordinal_position",
    [schema, table],
  )
  const kinds = columns.map(({ type }) => kindOf(type))
  const names = columns.map(({ name }) => escapeId(name)).join(', ')
  const begin = `INSERT INTO ${escapeId(table)} (${names}) VALUES `
  let tuples: string[] = []
  let size = 0
  const flush = () => {
    const statement = { statement: `${begin}${tuples.join(', ')};\n`, rows: tuples.length }
    tuples = []
    size = 0
    return statement
  }
  for await (const row of rowsOf(connection, `select ${names} from ${escapeId(schema)}.${escapeId(table)}`)) {
    const tuple = `(${row.map((value, i) => literal(value, kinds[i] ?? 'text')).join(', ')})`
    tuples.push(tuple)
    size += tuple.length
    if (size > statementBytes) yield flush()
  }
  if (tuples.length > 0) yield flush()
}

const rowsOf = (connection: Connection, sql: string): AsyncIterable<(Buffer | null)[]> =>
  connection.query({ sql, rowsAsArray: true, typeCast: field => field.buffer() }).stream()

/** Replaces a schema by a dump, and returns the rows of each table. The users keep their rights: these are granted by the schema's name. */
export const restoreSchema = async ({ run }: Mysql, schema: string, path: string): Promise<Rows> => {
  for await (const statement of compressedLines(path)) if (statement) await run(statement.replace(/;$/, ''))
  const counts: Rows = {}
  const tables = await run(
    "select table_name as name from information_schema.tables where table_schema = ? and table_type = 'BASE TABLE'",
    [schema],
  )
  for (const { name } of tables) counts[name] = Number((await run(`select count(*) as n from ${escapeId(schema)}.${escapeId(name)}`))[0]?.n)
  return counts
}
