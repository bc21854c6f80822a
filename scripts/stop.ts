import { stackFolder } from './background'
import { end, endLeftovers, isAlive, readState } from './state'

const state = readState(stackFolder)
if (state && isAlive(state.launcher)) await end(state.launcher, 60_000)
// Only a killed launcher leaves processes behind.
await endLeftovers(stackFolder, console.log)
console.log(state ? 'stopped' : 'It does not run.')
