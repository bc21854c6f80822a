import { installPackages } from '../scripts/install'

/** `bun run bench [row…]`: all rows, or those named. */
installPackages(console.log)
  // Imported only now: a fresh machine has the packages from here on.
  .then(async () => (await import('./bench')).bench(process.argv.slice(2)))
  .then(
    () => process.exit(0),
    error => {
      console.error(error instanceof Error ? error.message : error)
      process.exit(1)
    },
  )
