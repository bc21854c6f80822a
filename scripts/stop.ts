import { stackFolder } from './background'
import { endLeftovers, gone, isAlive, readState } from './state'

const state = readState(stackFolder)
if (state && isAlive(state.launcher)) {
  process.kill(state.launcher.pid, 'SIGTERM')
  if (!(await gone([state.launcher], 60_000))) process.kill(state.launcher.pid, 'SIGKILL')
}
// Nothing, unless the launcher was killed before it could tidy up.
await endLeftovers(stackFolder, console.log)
console.log(state ? 'stopped' : 'It does not run.')
