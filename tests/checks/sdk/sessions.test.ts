import { describe, expect, test } from 'bun:test'
import { answerMfaChallenge, getMe, listProducts, login, logout, placeOrder } from '../../../sdk/src/index'
import { memoryStore } from '../../../sdk/src/store'
import { type Asked, fakeShop, json, pathsOf, problem, refusal, tokens } from './fake-shop'

const ann = { username: 'ann', password: 'correct horse battery' }
const isRefresh = ({ path }: Asked) => path === '/auth/refresh'
const bearer = ({ headers }: Asked) => headers.get('authorization')

describe('a login', () => {
  test('signs every later call, and none that gives tokens', async () => {
    const { shop, asked } = fakeShop(({ path }) => json(path === '/auth/login' ? tokens('1') : {}))
    await login(shop, ann)
    expect(shop.session.user).toEqual({ userId: 7, email: 'ann@example.com' })
    await getMe(shop)
    await login(shop, ann)
    expect(asked.map(bearer)).toEqual([null, 'Bearer access-1', null])
  })
  test('with a second factor signs only once the challenge is answered', async () => {
    const { shop } = fakeShop(({ path }) => json(path === '/auth/login' ? { mfa_required: true, challenge: 'c' } : tokens('1')))
    const answer = await login(shop, ann)
    expect(shop.session.user).toBeUndefined()
    if (!('challenge' in answer)) throw new Error('no challenge')
    await answerMfaChallenge(shop, { challenge: answer.challenge, code: '123456' })
    expect(shop.session.user?.userId).toBe(7)
  })
  test('is one person’s: another object knows nothing of it', async () => {
    const one = fakeShop(() => json(tokens('1')))
    const two = fakeShop(() => json({}))
    await login(one.shop, ann)
    await getMe(two.shop)
    expect(two.asked.map(bearer)).toEqual([null])
  })
})

describe('an access token that has expired', () => {
  const renewing = (options = {}) => {
    let round = 0
    return fakeShop(request => {
      if (request.path === '/auth/login') return json(tokens('0'))
      if (isRefresh(request)) return json(tokens(String(++round)))
      return bearer(request) === 'Bearer access-0' ? problem(401, 'token_expired') : json({ by: bearer(request) })
    }, options)
  }
  test('is renewed once for many calls at the same time, which are then repeated', async () => {
    const { shop, asked } = renewing()
    await login(shop, ann)
    const answers = await Promise.all(Array.from({ length: 10 }, () => getMe(shop)))
    expect(new Set(answers.map(answer => JSON.stringify(answer)))).toEqual(new Set(['{"by":"Bearer access-1"}']))
    expect(asked.filter(isRefresh).map(({ body }) => body)).toEqual([{ refresh_token: 'refresh-0' }])
  })
  test('is renewed before it is sent when its time is known to be over', async () => {
    const { shop, asked } = fakeShop(request =>
      json(isRefresh(request) ? tokens('1') : request.path === '/auth/login' ? tokens('0', { expires_in: 1 }) : {}),
    )
    await login(shop, ann)
    await getMe(shop)
    expect(pathsOf(asked)).toEqual(['POST /auth/login', 'POST /auth/refresh', 'GET /api/users/me'])
  })
  test('keeps the idempotency key of the call that found it out', async () => {
    const { shop, asked } = renewing()
    await login(shop, ann)
    await placeOrder(shop, { shipping_address: '1 Main Street' })
    const keys = asked.filter(({ path }) => path === '/api/orders').map(({ headers }) => headers.get('idempotency-key'))
    expect(keys).toHaveLength(2)
    expect(keys[0]).toBe(String(keys[1]))
  })
  test('is renewed in one tab after another, each of which uses the newest refresh token', async () => {
    // Browsers and Node 24 have these locks, Bun has not.
    let last: Promise<unknown> = Promise.resolve()
    const request = (_name: string, work: () => Promise<unknown>) => {
      last = last.then(work, work)
      return last
    }
    Object.defineProperty(navigator, 'locks', { value: { request }, configurable: true })
    const kept = memoryStore('refresh-0')
    let valid = 'refresh-0'
    const respond = (request: Asked) => {
      if (!isRefresh(request)) return json({})
      if (Object(request.body).refresh_token !== valid) return problem(401, 'refresh_token_reused')
      valid = `refresh-${Number(valid.slice(8)) + 1}`
      return json({ ...tokens('x'), refresh_token: valid })
    }
    const tabs = Array.from({ length: 5 }, () => fakeShop(respond, { session: kept }))
    await Promise.all(tabs.map(({ shop }) => getMe(shop)))
    Reflect.deleteProperty(navigator, 'locks')
    expect(tabs.map(({ shop }) => shop.session.user?.userId)).toEqual([7, 7, 7, 7, 7])
    expect(await kept.read()).toBe('refresh-5')
  })
})

test('where the browser refuses its locks, a session is renewed without one, and only once', async () => {
  const request = () => Promise.reject(new DOMException('forbidden', 'SecurityError'))
  Object.defineProperty(navigator, 'locks', { value: { request }, configurable: true })
  const { shop, asked } = fakeShop(asked => json(isRefresh(asked) ? tokens('1') : {}), { session: memoryStore('refresh-0') })
  await Promise.all([getMe(shop), getMe(shop)]).finally(() => Reflect.deleteProperty(navigator, 'locks'))
  expect(asked.filter(isRefresh)).toHaveLength(1)
})

describe('the session of an earlier visit', () => {
  test('is resumed from the store', async () => {
    const { shop } = fakeShop(() => json(tokens('2')), { session: memoryStore('refresh-1') })
    expect(await shop.session.resume()).toEqual({ userId: 7, email: 'ann@example.com' })
  })
  test('is not looked for when there was none: a guest’s page makes no request that fails', async () => {
    const { shop, asked } = fakeShop(() => problem(401, 'invalid_refresh_token'), { session: memoryStore() })
    expect(await shop.session.resume()).toBeUndefined()
    expect(asked).toEqual([])
  })
  test('is over when the shop says so: the page is told, and what needs no account still works', async () => {
    const store = memoryStore('refresh-1')
    const { shop } = fakeShop(request => (isRefresh(request) ? problem(401, 'invalid_refresh_token') : json({ items: [] })), {
      session: store,
    })
    expect(await shop.session.resume()).toBeUndefined()
    expect(await store.read()).toBeUndefined()
    expect(await listProducts(shop)).toMatchObject({ items: [] })
  })
  test('is kept while the shop cannot be reached', async () => {
    const store = memoryStore('refresh-1')
    const { shop } = fakeShop(() => new TypeError('fetch failed'), { session: store })
    expect(await refusal(shop.session.resume())).toMatchObject({ code: 'network' })
    expect(await store.read()).toBe('refresh-1')
  })
  test('that ends during a call refuses the call and tells the page, once', async () => {
    const { shop } = fakeShop(({ path }) =>
      path === '/auth/login' ? json(tokens('0')) : problem(401, path === '/auth/refresh' ? 'refresh_token_reused' : 'session_ended'),
    )
    const seen: unknown[] = []
    shop.session.onChange(user => seen.push(user?.userId))
    await login(shop, ann)
    const refused = await Promise.all([refusal(getMe(shop)), refusal(getMe(shop))])
    for (const error of refused) expect(error).toMatchObject({ status: 401, code: 'session_ended' })
    expect(seen).toEqual([7, undefined])
  })
  test('that another tab gave to somebody else does nothing in that person’s name', async () => {
    const { shop, asked } = fakeShop(request => {
      if (request.path === '/auth/login') return json(tokens('0'))
      return isRefresh(request) ? json(tokens('bob', { user_id: 8 })) : problem(401, 'session_ended')
    })
    await login(shop, ann)
    expect(await refusal(placeOrder(shop, { shipping_address: '1 Main Street' }))).toMatchObject({ code: 'session_changed' })
    expect(asked.filter(({ path }) => path === '/api/orders')).toHaveLength(1)
    expect(shop.session.user?.userId).toBe(8)
  })
})

describe('logging out', () => {
  test('ends the session here and at the shop', async () => {
    const { shop, asked } = fakeShop(({ path }) => (path === '/auth/login' ? json(tokens('1')) : new Response(null, { status: 204 })))
    await login(shop, ann)
    await logout(shop)
    expect(shop.session.user).toBeUndefined()
    await listProducts(shop)
    expect(asked.map(bearer)).toEqual([null, 'Bearer access-1', null])
  })
  test('succeeds when the session is over already, and fails while the shop cannot be reached', async () => {
    const over = fakeShop(({ path }) => (path === '/auth/login' ? json(tokens('1')) : problem(401, 'session_ended')))
    await login(over.shop, ann)
    await logout(over.shop)
    expect(over.shop.session.user).toBeUndefined()
    const away = fakeShop(({ path }) => (path === '/auth/login' ? json(tokens('1')) : new TypeError('fetch failed')))
    await login(away.shop, ann)
    expect(await refusal(logout(away.shop))).toMatchObject({ code: 'network' })
    expect(away.shop.session.user?.userId).toBe(7)
  })
})

describe('a session in a cookie', () => {
  test('asks for the cookie wherever tokens are given, and never sees a refresh token', async () => {
    const { refresh_token: _, ...inCookie } = tokens('1', { expires_in: 1 })
    const { shop, asked } = fakeShop(({ path }) => (path === '/auth/logout' ? new Response(null, { status: 204 }) : json(inCookie)), {
      session: 'cookie',
    })
    await login(shop, ann)
    await getMe(shop)
    await logout(shop)
    const sent = asked.filter(({ path }) => path.startsWith('/auth')).map(({ path, body }) => [path, Object(body).session])
    expect(sent).toEqual([
      ['/auth/login', 'cookie'],
      ['/auth/refresh', 'cookie'],
      ['/auth/refresh', 'cookie'],
      ['/auth/logout', 'cookie'],
    ])
    expect(JSON.stringify(asked.map(({ body }) => body))).not.toContain('refresh_token')
  })
  test('is over in every tab when one of them signs out, and known in every tab when one signs in', async () => {
    let tell: (event: { key: string; newValue: string | null }) => void = () => {}
    const given = globalThis.addEventListener
    Object.defineProperty(globalThis, 'addEventListener', {
      value: (type: string, listener: typeof tell) => {
        if (type === 'storage') tell = listener
      },
      configurable: true,
      writable: true,
    })
    const { shop, asked } = fakeShop(() => json(tokens('1')), { session: 'cookie' })
    globalThis.addEventListener = given
    await login(shop, ann)
    tell({ key: 'something else', newValue: null })
    expect(shop.session.user?.userId).toBe(7)
    tell({ key: 'shop.session', newValue: null })
    expect(shop.session.user).toBeUndefined()
    const known = new Promise(resolve => shop.session.onChange(resolve))
    tell({ key: 'shop.session', newValue: 'cookie' })
    expect(await known).toMatchObject({ userId: 7 })
    expect(pathsOf(asked)).toEqual(['POST /auth/login', 'POST /auth/refresh'])
  })
})
