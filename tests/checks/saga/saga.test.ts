import { afterAll, describe, expect, test } from 'bun:test'
import { minute } from '#shared/time'
import { breaks } from './breaks'
import { decisions } from './decisions'
import { explore, type Found } from './explore'
import { keyOf } from './key'
import { largerPlans, plans } from './plans'
import { hears, isOld, take } from './steps'
import type { Life, Model, Plan, Step, World } from './world'

/**
 * Every state that an order can come to is visited, and two orders after the last piece. The services decide with their own functions; the
 * model in this folder stands for their stores, the broker, the provider, the carrier, the clock and the customer. `SAGA=large` explores
 * larger plans as well, for minutes.
 */
const explored: Record<string, Plan> = process.env.SAGA === 'large' ? { ...plans, ...largerPlans } : plans
/** However slow the machine is. */
const longestMs = 30 * minute

const story = ({ broken }: Found) => (broken ? [...broken.promises, 'after:', ...broken.way].join('\n') : 'every promise holds')

describe('whatever happens in whatever order, every promise holds', () => {
  const all: Found[] = []
  afterAll(() => {
    const sum = (of: (found: Found) => number) => all.reduce((total, found) => total + of(found), 0).toLocaleString('en')
    console.log(`The saga: ${sum(one => one.states)} states, ${sum(one => one.steps)} steps between them, ${sum(one => one.ends)} ends`)
  })
  test.each(Object.entries(explored))(
    '%s',
    (name, plan) => {
      const found = explore({ plan, decide: decisions })
      all.push(found)
      console.log(`${name}: ${found.states} states, ${found.steps} steps, ${found.ends} ends`)
      expect(story(found)).toBe('every promise holds')
      expect(found.ends).toBeGreaterThan(0)
    },
    longestMs,
  )
})

describe('a function that decides wrongly is found', () => {
  test('for each function that decides', () => {
    expect([...new Set(breaks.map(one => one.function))].toSorted()).toEqual(
      Object.keys(decisions).toSorted() as (typeof breaks)[number]['function'][],
    )
  })
  const everyPlan: Record<string, Plan> = { ...plans, ...largerPlans }
  test.each(breaks.map(one => [one.function, one.so, one] as const))(
    '%s: %s',
    (_, __, { in: name, found, broken }) => {
      const plan = everyPlan[name]
      if (!plan) throw new Error(`there is no plan ${name}`)
      expect(story(explore({ plan, decide: { ...decisions, ...broken(decisions) } }))).toContain(found)
    },
    longestMs,
  )
})

describe('the model', () => {
  const model: Model = {
    plan: { ...plans['a card'], dueIn: 1, crashes: false, coupon: { limit: 1 }, keepsOldMail: true },
    decide: decisions,
  }
  test(
    'leaves out only messages that change nothing',
    () => {
      const changing: string[] = []
      const visit = (world: World) => {
        const life = world.lives[0]
        for (const mail of life?.mail.filter(one => isOld(life, one)) ?? []) {
          const forgetIt = (one: Life) => {
            one.mail = one.mail.filter(each => each !== mail)
          }
          const after = (also: Step['take']) =>
            take(model, world, 0, {
              text: mail.name,
              isOptional: true,
              take(draft, one) {
                forgetIt(one)
                also(draft, one)
              },
            })
          const without = after(() => undefined)
          const heard = after((draft, one) => hears(model, draft, one, mail))
          if (keyOf(heard) !== keyOf(without)) changing.push(`${mail.to} hears: ${mail.name}`)
        }
      }
      expect(explore(model, { visit }).states).toBeGreaterThan(1000)
      expect([...new Set(changing)]).toEqual([])
    },
    longestMs,
  )
  test('tells the shortest way to a broken promise in words', () => {
    const broken = { ...decisions, requireRepriceable: () => undefined }
    expect(story(explore({ plan: plans['another address'], decide: broken })).split('\n')).toEqual([
      'an order costs 1300 while payment 1 of 1500 has claimed it',
      'after:',
      'inventory hears: order.created',
      'order hears: inventory.reserved',
      'the customer pays: payment 1 claims the order',
      'the customer changes the address, and with it the price',
    ])
  })
})
