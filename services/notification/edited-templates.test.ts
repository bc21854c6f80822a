import { describe, expect, test } from 'bun:test'
import { testNotification } from './testing'
import { registered } from './testing-events'

const shop = await testNotification()

describe('a template that an administrator changed', () => {
  const content = { subject: 'Hi {{ name }}', text: 'Welcome, {{ name }}: {{ shop_url }}', html: '<p>{{ name }}</p>', short: 'Welcome' }

  test('is previewed, stored, used for the next mail, and taken back', async () => {
    const path = '/templates/welcome/en'
    const before = (await shop.send('GET', path, undefined, shop.admin)).body
    expect(before).toMatchObject({ kind: 'welcome', language: 'en', updated_at: null })
    const preview = await shop.send('POST', `${path}/preview`, { ...content, html: '<i>{{ name }}</i>' }, shop.admin)
    expect(preview).toMatchObject({ status: 200, body: { subject: expect.stringMatching(/^Hi ./), html: expect.stringContaining('<i>') } })
    expect((await shop.send('GET', path, undefined, shop.admin)).body).toEqual(before)
    expect(await shop.send('PUT', path, content, shop.admin)).toMatchObject({
      status: 200,
      body: { ...content, updated_at: expect.any(String) },
    })
    const user = await shop.newUser()
    await shop.handle(registered(user.id))
    await shop.sendAll()
    expect(shop.channels.email.to(user.email)).toMatchObject([{ subject: `Hi Person ${user.id}` }])
    expect((await shop.send('DELETE', path, undefined, shop.admin)).status).toBe(204)
    expect((await shop.send('GET', path, undefined, shop.admin)).body).toEqual(before)
  })

  test.each([
    ['is not Liquid', { subject: '{% if %}' }],
    ['names what its messages do not have', { text: '{{ order_id }}' }],
    ['would never end', { text: '{% for a in (1..9999) %}{% for b in (1..9999) %}x{% endfor %}{% endfor %}' }],
  ])('is refused if it %s, and changes nothing', async (_, change) => {
    const answer = await shop.send('PUT', '/templates/welcome/en', { ...content, ...change }, shop.admin)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_template' } })
    expect((await shop.send('GET', '/templates/welcome/en', undefined, shop.admin)).body.updated_at).toBeNull()
  })

  test('is an administrator’s affair', async () => {
    const user = await shop.newUser()
    expect((await user.send('PUT', '/templates/welcome/en', content)).status).toBe(403)
    expect((await shop.send('GET', '/templates/welcome/fr', undefined, shop.admin)).status).toBe(400)
  })
})
