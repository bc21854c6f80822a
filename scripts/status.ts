import { status } from './background'

const { well, text } = status()
console.log(text)
process.exit(well ? 0 : 1)
