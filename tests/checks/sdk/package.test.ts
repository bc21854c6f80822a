import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sdkApi, sdkFiles } from '../../../scripts/generate/sdk'
import { root } from '../files'

/** The client as others get it: compiled by its own rules, run by other runtimes, bundled by pages. */
const folder = mkdtempSync(join(tmpdir(), 'sdk-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = async (command: string[], cwd = root) => {
  const child = Bun.spawn(command, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  return { out: out.trim(), problems: code === 0 ? '' : out + err }
}
const tsc = join(root, 'node_modules/.bin/tsc')

test('the generated part is current: otherwise run `bun run generate`', async () => {
  const files = await sdkFiles(root)
  expect(readdirSync(join(root, sdkApi)).toSorted()).toEqual(Object.keys(files).toSorted())
  const stale = Object.entries(files).filter(([name, text]) => readFileSync(join(root, sdkApi, name), 'utf8') !== text)
  expect(stale.map(([name]) => `run \`bun run generate\`: ${sdkApi}/${name}`)).toEqual([])
})

describe('the package', () => {
  beforeAll(async () => {
    // Without this the compiled files would be CommonJS to Node.
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module' }))
    const { problems } = await run([tsc, '-p', 'sdk', '--outDir', join(folder, 'dist')])
    expect(problems).toBe('')
  })

  test('has no dependency, and nothing in it runs when it is imported', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'sdk/package.json'), 'utf8'))
    expect(manifest).toMatchObject({ sideEffects: false, type: 'module' })
    expect(Object.keys(manifest).filter(key => /dependencies/i.test(key))).toEqual([])
    const sources = [...new Bun.Glob('**/*.js').scanSync(join(folder, 'dist'))].map(file =>
      readFileSync(join(folder, 'dist', file), 'utf8'),
    )
    expect(sources.length).toBeGreaterThan(20)
    const outside = sources.flatMap(text => [...text.matchAll(/from '([^'.][^']*)'/g)].map(([, name]) => name))
    expect(outside).toEqual([])
  })

  const program = `import { createShop, getOrder, login, placeOrder, ShopError, subscribe, type Order } from './dist/index.js'
    const shop = createShop({ baseUrl: 'https://shop.example' })
    const bought = { items: [{ product_id: 'a', quantity: 1 }], shipping_address: '1 Main Street' }
    export const order: Order = await placeOrder(shop, bought, { headers: { 'idempotency-key': 'k' } })
    const tokens = await login(shop, { username: 'ann', password: 'x' })
    if ('challenge' in tokens) throw new Error(tokens.challenge)
    await getOrder(shop, order.id, { signal: new AbortController().signal }).catch((error: unknown) => { if (!(error instanceof ShopError)) throw error })
    await subscribe<{ status: string }>(shop, '/x', { onEvent: ({ data }) => void data.status.length })\n`
  const compiled = (text: string, options: object) => {
    writeFileSync(join(folder, 'program.ts'), text)
    const strict = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, verbatimModuleSyntax: true }
    const compilerOptions = {
      ...strict,
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types: [],
      noEmit: true,
      skipLibCheck: false,
      ...options,
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
    return run([tsc, '-p', folder])
  }
  test.each([
    ['a page', { moduleResolution: 'bundler', module: 'esnext' }],
    ['a Node program', { moduleResolution: 'nodenext', module: 'nodenext' }],
  ])('has types that satisfy the strictest compiler in %s', async (_, options) => {
    expect((await compiled(program, options)).problems).toBe('')
  })
  test('has types that find mistakes', async () => {
    const wrong = "await placeOrder(shop, { ...bought, itmes: [] })\nawait getOrder(1)\norder.totl\nawait getOrder(shop, '1')"
    const { problems } = await compiled(program + wrong, { moduleResolution: 'bundler', module: 'esnext' })
    expect(problems.match(/program\.ts\((\d+),/g)).toHaveLength(4)
  })

  const smoke = `import { createShop, getMe, listProducts, login, ShopError, subscribe } from './dist/index.js'
    const shop = createShop({ baseUrl: process.argv[2] })
    await login(shop, { username: 'ann', password: 'correct horse battery' })
    const { items } = await listProducts(shop, { limit: 2 })
    const refused = await getMe(shop).catch(error => error)
    const enough = new AbortController()
    let event
    await subscribe(shop, '/api/notifications/stream', { signal: enough.signal, onEvent: next => { event = next; enough.abort() } })
    console.log(JSON.stringify({ items, refused: refused instanceof ShopError && refused.code, event, user: shop.session.user }))`

  test.each([
    ['Node', ['node', 'smoke.js']],
    ['Bun', [process.execPath, 'smoke.js']],
  ])('works in %s', async (_, command) => {
    writeFileSync(join(folder, 'smoke.js'), smoke)
    const problem = { status: 403, code: 'forbidden', detail: 'Not you.', request_id: 'r' }
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch(request) {
        const { pathname } = new URL(request.url)
        if (pathname === '/auth/login')
          return Response.json({ access_token: 'a', refresh_token: 'r', expires_in: 900, user_id: 7, email: 'a@b.c' })
        if (request.headers.get('authorization') !== 'Bearer a') return Response.json({}, { status: 401 })
        if (pathname === '/api/products') return Response.json({ items: [1, 2] })
        if (pathname !== '/api/notifications/stream') return Response.json(problem, { status: 403 })
        return new Response('id: 3\ndata: {"kind":"x"}\n\n', { headers: { 'content-type': 'text/event-stream' } })
      },
    })
    try {
      const { out, problems } = await run([...command, `http://127.0.0.1:${server.port}`], folder)
      expect(problems).toBe('')
      expect(JSON.parse(out)).toEqual({
        items: [1, 2],
        refused: 'forbidden',
        event: { id: '3', event: 'message', data: { kind: 'x' } },
        user: { userId: 7, email: 'a@b.c' },
      })
    } finally {
      server.stop(true)
    }
  })
})

describe('a page gets of it what it uses', () => {
  const bundled = async (source: string) => {
    const entry = join(folder, 'page.ts')
    writeFileSync(entry, source)
    const { outputs, success, logs } = await Bun.build({ entrypoints: [entry], minify: true, target: 'browser' })
    expect(success ? [] : logs).toEqual([])
    const text = (await outputs[0]?.text()) ?? ''
    return { text, zipped: Bun.gzipSync(text).length }
  }
  const from = (names: string) => `import { ${names} } from ${JSON.stringify(join(root, 'sdk/src/index.ts'))}\n`

  test('at most 3.5 kB, zipped, for one function', async () => {
    const { text, zipped } = await bundled(`${from('createShop, listProducts')}console.log(await listProducts(createShop()))`)
    expect(text).toContain('/api/products')
    expect(text).not.toContain('/api/orders')
    expect(zipped).toBeLessThan(3500)
  })
  test('at most 10 kB, zipped, for all of it', async () => {
    const { text, zipped } = await bundled(`import * as sdk from ${JSON.stringify(join(root, 'sdk/src/index.ts'))}\nconsole.log(sdk)`)
    expect(text).toContain('/api/orders')
    expect(zipped).toBeLessThan(10_000)
  })
})
