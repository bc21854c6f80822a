import { oneOf, t } from '#shared/schema'
import { channels, classes, kindNames, kinds } from './domain'

export const KindView = t.Object({
  kind: oneOf(kindNames),
  class: oneOf(classes),
  channels: t.Array(oneOf(channels), { description: 'Those of a user who has chosen none' }),
})
export const kindViews = () => kindNames.map(kind => ({ kind, class: kinds[kind].class, channels: [...kinds[kind].channels] }))
