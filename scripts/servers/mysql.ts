import { existsSync, writeFileSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { programs } from './programs'
import { lastLines, launch, privateFolder, type ServerOptions } from './server'

/** MySQL or MariaDB, whichever the machine has. Every commit is on disk before it is answered. */
export async function startMysql({ dir, port, password = '' }: ServerOptions & { password?: string }) {
  const folder = privateFolder(dir)
  const data = join(folder, 'data')
  const program = programs.mysql()
  const isMariadb = Bun.spawnSync([program, '--no-defaults', '--version']).stdout.toString().includes('MariaDB')
  // Neither refuses to run as root when root says so by name.
  const common = ['--no-defaults', `--datadir=${data}`, ...(userInfo().uid === 0 ? ['--user=root'] : [])]
  const log = join(folder, 'mysql.log')
  if (!existsSync(data)) await initialise(data, log, isMariadb, program, common)

  const firstWords = join(folder, 'init.sql')
  writeFileSync(firstWords, rootByPassword(password), { mode: 0o600 })
  const url = `mysql://root${password && `:${password}`}@127.0.0.1:${port}`
  return launch({
    name: 'mysql',
    port,
    url,
    command: [
      program,
      ...common,
      ...[
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        '--socket=mysql.sock',
        `--pid-file=${join(folder, 'pid')}`,
        // Temporary tables of its own: two servers that share /tmp have deleted each other's.
        `--tmpdir=${privateFolder(folder, 'tmp')}`,
        `--init-file=${firstWords}`,
      ],
      ...['--innodb-flush-log-at-trx-commit=1', '--character-set-server=utf8mb4', '--skip-name-resolve', '--max-connections=300'],
      ...['--innodb-buffer-pool-size=64M', '--performance-schema=OFF', '--skip-log-bin', '--table-open-cache=400'],
      ...(isMariadb ? ['--innodb-log-file-size=16M'] : ['--innodb-redo-log-capacity=16M', '--mysqlx=OFF']),
    ],
    output: log,
    ready: async () => {
      const connection = await createConnection({ uri: url, connectTimeout: 1000 })
      await connection.query('SELECT 1')
      await connection.end()
      return true
    },
  })
}

/** Made beside and then renamed: an interrupted first start leaves no half a database behind. */
async function initialise(data: string, log: string, isMariadb: boolean, program: string, common: string[]) {
  const draft = `${data}.new`
  await rm(draft, { recursive: true, force: true })
  const options = common.map(option => (option.startsWith('--datadir=') ? `--datadir=${draft}` : option))
  const command = isMariadb
    ? [programs.mariadbInstall(), ...options, '--auth-root-authentication-method=normal', '--skip-test-db']
    : [program, ...options, '--initialize-insecure']
  const made = Bun.spawn(command, { stdout: Bun.file(log), stderr: Bun.file(log) })
  if ((await made.exited) !== 0) throw new Error(`the MySQL folder could not be made:\n${lastLines(log)}`)
  await rename(draft, data)
}

/** Run at every start: root is reached over loopback by the password alone. */
const rootByPassword = (password: string) => `CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '${password}';
ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '${password}';
ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';
GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
`
