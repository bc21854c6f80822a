import { box, type Drawing, inkOf, oval } from './draw'
import { clothes } from './drawings-of-clothes'
import { devices, outdoors } from './drawings-of-devices'
import { groceries, kitchenware, paper } from './drawings-of-the-house'

const drawings = new Map<string, Drawing>(Object.entries({ ...devices, ...outdoors, ...clothes, ...kitchenware, ...groceries, ...paper }))

/** The image of a thing in a colour, as in `laptop-graphite`; undefined if nothing of that name can be drawn. */
export const productImage = (name: string): string | undefined => {
  const [thing = '', colour = '', ...rest] = name.split('-')
  const draw = drawings.get(thing)
  const ink = inkOf(colour)
  if (!draw || !ink || rest.length > 0) return undefined
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img" aria-label="${thing}, ${colour}">` +
    `${box(0, 0, 400, 400, 0, ink.pale)}<circle cx="200" cy="190" r="168" fill="#fff" fill-opacity=".55"/>` +
    `${oval(200, 340, 130, 12, '#1018281f')}${draw(ink)}</svg>`
  )
}
