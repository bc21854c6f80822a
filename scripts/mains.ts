import { dirname, join } from 'node:path'
import type { Environment } from '#shared/config'
import type { ServiceName } from '#shared/platform'
import { root } from './install'

export type Running = { stop(): Promise<void> }
type Main = { start(env?: Environment): Promise<Running> }

/** In the executable, `services/` lies beside the file that it runs. */
const folder = Bun.isStandaloneExecutable ? dirname(Bun.main) : root

/** Loads a service and nothing of the others. */
export const mainOf = (service: ServiceName): Promise<Main> => import(join(folder, 'services', service, 'main'))
