/** The shapes that the demo products are drawn with, on a square of 400 by 400. */
export const box = (x: number, y: number, width: number, height: number, radius: number, fill: string) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"/>`
export const disc = (x: number, y: number, radius: number, fill: string) => `<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}"/>`
export const oval = (x: number, y: number, rx: number, ry: number, fill: string) =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"/>`
export const area = (path: string, fill: string) => `<path d="${path}" fill="${fill}"/>`
export const line = (path: string, stroke: string, width = 6) =>
  `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`
export const turned = (degrees: number, ...shapes: string[]) => `<g transform="rotate(${degrees} 200 200)">${shapes.join('')}</g>`
export const grid = (columns: number, rows: number, at: (column: number, row: number) => string) =>
  Array.from({ length: columns * rows }, (_, n) => at(n % columns, Math.floor(n / columns))).join('')

/** A colour in the shades that one object needs. */
export interface Ink {
  main: string
  dark: string
  deep: string
  light: string
  pale: string
}
export type Drawing = (ink: Ink) => string

const colours = {
  graphite: 0x4a5160,
  silver: 0xa9b2bd,
  sand: 0xd3bb97,
  sage: 0x8aab86,
  ocean: 0x4480b3,
  teal: 0x2f8f83,
  violet: 0x7d6bb5,
  rose: 0xdc8fa3,
  coral: 0xe6745c,
  ochre: 0xd59a34,
  crimson: 0xb03a49,
}

const mixed = (colour: number, towards: number, share: number) => {
  const channels = [16, 8, 0].map(bits => {
    const [from, to] = [(colour >> bits) & 255, (towards >> bits) & 255]
    return Math.round(from + (to - from) * share)
  })
  return `#${channels.map(channel => channel.toString(16).padStart(2, '0')).join('')}`
}

export const inkOf = (name: string): Ink | undefined => {
  const colour = Object.entries(colours).find(([known]) => known === name)?.[1]
  if (colour === undefined) return undefined
  return {
    main: mixed(colour, 0, 0),
    dark: mixed(colour, 0x101828, 0.3),
    deep: mixed(colour, 0x101828, 0.65),
    light: mixed(colour, 0xffffff, 0.45),
    pale: mixed(colour, 0xffffff, 0.8),
  }
}
