import { connect, createServer, type Socket } from 'node:net'

/** Stands between a pool and MySQL, and notes the text of every command: one for each round trip, however many statements it has. */
export const watchStatements = async (url: string) => {
  const target = new URL(url)
  const sent: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const mysql = connect(Number(target.port), target.hostname)
    for (const socket of [client, mysql]) sockets.add(socket.on('error', () => socket.destroy()))
    mysql.pipe(client)
    client.pipe(mysql)
    let unread = Buffer.alloc(0)
    client.on('data', (data: Buffer) => {
      unread = Buffer.concat([unread, data])
      // A packet has three bytes of length and one of its number, which is 0 in a command. The command's first byte 3 is a query.
      while (unread.length >= 4 && unread.length >= 4 + unread.readUIntLE(0, 3)) {
        const end = 4 + unread.readUIntLE(0, 3)
        if (unread[3] === 0 && unread[4] === 3) sent.push(unread.toString('utf8', 5, end))
        unread = unread.subarray(end)
      }
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: Object.assign(new URL(url), { host: `127.0.0.1:${address.port}` }).href,
    /** What was sent since the last call. */
    sent: () => sent.splice(0),
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
