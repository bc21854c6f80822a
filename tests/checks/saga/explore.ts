import { keyOf } from './key'
import { brokenInEnd, brokenNow } from './promises'
import { stepsOf, take } from './steps'
import { begin, type Model, type World } from './world'

/** Visits every state that can be reached, the nearest first, so that the way to a broken promise is a shortest one. */

export interface Found {
  states: number
  steps: number
  ends: number
  /** The promises that are broken first, and the shortest way there. */
  broken?: { promises: readonly string[]; way: readonly string[] }
}

/** The world after the steps that the plan begins with. */
const start = (model: Model): World =>
  (model.plan.after ?? []).reduce((world, text) => {
    const step = stepsOf(model, world, 0).find(one => one.text === text)
    if (!step)
      throw new Error(
        `no such step: ${text}; there are ${stepsOf(model, world, 0)
          .map(one => one.text)
          .join('; ')}`,
      )
    return take(model, world, 0, step)
  }, begin(model.plan))

interface Options {
  /** Sees every state. */
  visit?(world: World): void
}

export const explore = (model: Model, { visit }: Options = {}): Found => {
  const first = start(model)
  const seen = new Map<string, number>([[keyOf(first), 0]])
  const parents = [-1]
  const texts = ['']
  /** Of the steps that somebody waits for: from where, to where. */
  const onward: number[] = []
  const ends: number[] = []
  let steps = 0
  const found = (promises: readonly string[], state: number, last?: string): Found => {
    const way = last === undefined ? [] : [last]
    for (let at = state; at > 0; at = parents[at]!) way.unshift(texts[at]!)
    way.unshift(...(model.plan.after ?? []))
    return { states: seen.size, steps, ends: ends.length, broken: { promises, way } }
  }

  let level: { world: World; state: number }[] = [{ world: first, state: 0 }]
  while (level.length > 0) {
    const next: typeof level = []
    for (const { world, state } of level) {
      visit?.(world)
      let isEnd = true
      for (const index of world.lives.keys())
        for (const step of stepsOf(model, world, index)) {
          let after: World
          try {
            after = take(model, world, index, step)
          } catch (error) {
            return found([`a step fails: ${error}`], state, step.text)
          }
          const key = keyOf(after)
          const known = seen.get(key)
          if (known === state) continue
          steps += 1
          if (!step.isOptional) isEnd = false
          const target = known ?? seen.size
          if (!step.isOptional) onward.push(state, target)
          if (known !== undefined) continue
          seen.set(key, target)
          parents.push(state)
          texts.push(model.plan.orders > 1 ? `order ${index + 1}: ${step.text}` : step.text)
          const broken = [...brokenNow(model, after)]
          if (broken.length > 0) return found(broken, target)
          next.push({ world: after, state: target })
        }
      if (!isEnd) continue
      ends.push(state)
      const broken = [...brokenInEnd(model, world)]
      if (broken.length > 0) return found(broken, state)
    }
    level = next
  }
  const lost = firstWithoutEnd(seen.size, onward, ends)
  return lost === undefined
    ? { states: seen.size, steps, ends: ends.length }
    : found(['from here, no end is reached unless somebody helps'], lost)
}

/** The first state from which the steps that somebody waits for lead to no end. */
const firstWithoutEnd = (states: number, onward: readonly number[], ends: readonly number[]): number | undefined => {
  const into = new Int32Array(states + 1)
  for (let at = 1; at < onward.length; at += 2) into[onward[at]! + 1]! += 1
  for (let state = 0; state < states; state++) into[state + 1]! += into[state]!
  const sources = new Int32Array(onward.length / 2)
  const filled = into.slice()
  for (let at = 0; at < onward.length; at += 2) {
    const target = onward[at + 1]!
    sources[filled[target]!] = onward[at]!
    filled[target]! += 1
  }
  const reaches = new Uint8Array(states)
  const open = [...ends]
  for (const end of ends) reaches[end] = 1
  for (let state = open.pop(); state !== undefined; state = open.pop())
    for (let at = into[state]!; at < into[state + 1]!; at++) {
      const source = sources[at]!
      if (reaches[source]) continue
      reaches[source] = 1
      open.push(source)
    }
  const lost = reaches.indexOf(0)
  return lost < 0 ? undefined : lost
}
