import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { programs } from './programs'
import { lastLines, launch, privateFolder, type ServerOptions } from './server'

/** Relative to the folder of the data, since a system accepts no more than some 107 bytes for a socket's path. */
const socketName = 'mysql.sock'
const longestSocketPath = 100

/**
 * The address by which a process of this machine reaches the server of a folder. With a Unix socket, a whole order takes about a twentieth less processor
 * time than with TCP.
 */
export const overSocket = (url: string, dir: string): string => {
  const socket = join(dir, 'data', socketName)
  return Buffer.byteLength(socket) > longestSocketPath ? url : `${url}?socketPath=${encodeURIComponent(socket)}`
}

/** Starts MySQL or MariaDB, whichever the machine has. Every commit is on disk before it is acknowledged. */
export async function startMysql({ dir, port, password = '' }: ServerOptions & { password?: string }) {
  const folder = privateFolder(dir)
  const data = join(folder, 'data')
  const program = programs.mysql()
  const isMariadb = Bun.spawnSync([program, '--no-defaults', '--version']).stdout.toString().includes('MariaDB')
  // Both run as root only if root is named explicitly.
  const common = ['--no-defaults', `--datadir=${data}`, ...(userInfo().uid === 0 ? ['--user=root'] : [])]
  const log = join(folder, 'mysql.log')
  if (!existsSync(data)) await initialise(data, log, isMariadb, program, common)

  const initFile = join(folder, 'init.sql')
  writeFileSync(initFile, rootByPassword(password), { mode: 0o600 })
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
        `--socket=${socketName}`,
        `--pid-file=${join(folder, 'pid')}`,
        // Its own folder for temporary tables: two servers that share /tmp delete each other's.
        `--tmpdir=${privateFolder(folder, 'tmp')}`,
        `--init-file=${initFile}`,
      ],
      ...['--innodb-flush-log-at-trx-commit=1', '--character-set-server=utf8mb4', '--skip-name-resolve', '--max-connections=300'],
      ...['--innodb-buffer-pool-size=64M', '--performance-schema=OFF', '--skip-log-bin', '--table-open-cache=400'],
      // With a log of 16 MB, MariaDB wrote 5.4 pages an order to make room in it; with 96 MB it was 3.5.
      ...(isMariadb ? ['--innodb-log-file-size=64M'] : ['--innodb-redo-log-capacity=64M', '--mysqlx=OFF']),
      // MariaDB writes to all of these buffers at its start. With its defaults they took 43 MiB, 29 of it for MyISAM and Aria: no table of the services uses either.
      ...['--innodb-log-buffer-size=2M', '--key-buffer-size=64K', ...(isMariadb ? ['--aria-pagecache-buffer-size=1M'] : [])],
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

/** Makes the data folder under another name and renames it, so that an interrupted first start leaves no broken database behind. */
async function initialise(data: string, log: string, isMariadb: boolean, program: string, common: string[]) {
  const draft = `${data}.new`
  await rm(draft, { recursive: true, force: true })
  // MariaDB's script splits a path at its spaces, so it gets one without any: through a link.
  const links = await mkdtemp(join(tmpdir(), 'mysql-'))
  await symlink(dirname(draft), join(links, 'to'))
  const options = common.map(option => (option.startsWith('--datadir=') ? `--datadir=${join(links, 'to', basename(draft))}` : option))
  const command = isMariadb
    ? [programs.mariadbInstall(), ...options, '--auth-root-authentication-method=normal', '--skip-test-db']
    : [program, ...options, '--initialize-insecure']
  const made = Bun.spawn(command, { stdout: Bun.file(log), stderr: Bun.file(log) })
  const code = await made.exited
  await rm(links, { recursive: true })
  if (code !== 0) throw new Error(`the MySQL folder could not be made:\n${lastLines(log)}`)
  await rename(draft, data)
}

/** Runs at every start: root can log in over loopback with the password only. */
const rootByPassword = (password: string) => `CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '${password}';
ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '${password}';
ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';
GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
`
