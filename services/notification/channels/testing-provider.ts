/** A provider on this machine. `refuse` makes it answer the next call with a status of its own. */
export const testProvider = (answer: (request: Request, body: string) => Response | Promise<Response>) => {
  const calls: { path: string; body: string; headers: Headers }[] = []
  const refusals: Response[] = []
  let silent = false
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 255,
    async fetch(request) {
      const body = await request.text()
      calls.push({ path: new URL(request.url).pathname, body, headers: request.headers })
      if (silent) await new Promise(() => undefined)
      return refusals.shift() ?? answer(request, body)
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    calls,
    refuse: (status: number, headers: Record<string, string> = {}, body = '') => refusals.push(new Response(body, { status, headers })),
    /** Takes calls, and never answers. */
    fallSilent: (now = true) => {
      silent = now
    },
    stop: () => server.stop(true),
  }
}

export const jsonOr = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
