import { stackFolder } from './background'
import { end, endLeftovers, isAlive, readState } from './state'

const state = readState(stackFolder)
if (state && isAlive(state.launcher)) await end(state.launcher, 60_000)
// Only a launcher that was killed leaves anything.
await endLeftovers(stackFolder, console.log)
console.log(state ? 'stopped' : 'It does not run.')
