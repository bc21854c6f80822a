import { productDeleted } from '#shared/catalog'
import { on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { SampleService } from './compose'

/** Neither handler needs an inbox: deleting twice is deleting once. */
export const sampleHandlers = ({ samples }: Pick<SampleService, 'samples'>) => [
  on(productDeleted, message => samples.forgetProduct(message.data.product_id)),
  eraseOn((_, userId) => samples.forgetUser(userId)),
]
