import { status } from './background'

const { healthy, text } = status()
console.log(text)
process.exit(healthy ? 0 : 1)
