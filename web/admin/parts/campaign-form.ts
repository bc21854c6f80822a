import type { Campaign } from '../types'
import type { FormField } from './form-dialog'
import { changedOf, changeOf, filled, listOf, type Values } from './values'

const kinds = ['percentage', 'fixed', 'free_shipping', 'buy_x_get_y']
/** Kind and currency cannot change: the amounts that orders hold are in them. */
export const changedCampaign = [
  { name: 'name', label: 'Name', required: true },
  { name: 'code', label: 'Code', hint: 'Empty for one that applies by itself, or that has single-use codes' },
  { name: 'value', label: 'Value', type: 'number', hint: 'Percent, or the amount off' },
  { name: 'minimum', label: 'From a subtotal of', type: 'number' },
  { name: 'categories', label: 'Only these categories', hint: 'Names, separated by commas' },
  { name: 'total_limit', label: 'Orders in all', type: 'number' },
  { name: 'per_user_limit', label: 'Orders of one customer', type: 'number' },
  { name: 'buy_quantity', label: 'Buy so many', type: 'number' },
  { name: 'get_quantity', label: 'and get so many', type: 'number' },
  { name: 'starts_at', label: 'From', type: 'datetime-local' },
  { name: 'ends_at', label: 'Until', type: 'datetime-local' },
] as const satisfies readonly FormField[]

export const newCampaign: readonly FormField[] = [
  { name: 'kind', label: 'Kind', options: kinds, required: true },
  ...changedCampaign,
  { name: 'automatic', label: 'By itself', options: ['true', 'false'], none: 'If it has no code' },
]

const numbers = ['value', 'minimum', 'total_limit', 'per_user_limit', 'buy_quantity', 'get_quantity']
/** What the API takes for a field that was emptied; for all others it is null. */
const empty = { value: 0, minimum: 0, categories: [], buy_quantity: 0, get_quantity: 0 }

/** What needs more than a field's text, of the fields that are there and filled. */
const readOf = ({ categories, starts_at, ends_at }: Values) => ({
  ...(categories && { categories: listOf(categories, ',') }),
  ...(starts_at && { starts_at: new Date(starts_at).toISOString() }),
  ...(ends_at && { ends_at: new Date(ends_at).toISOString() }),
})

export const campaignBody = ({ automatic, ...given }: Values): object => ({
  ...filled(given, numbers),
  ...readOf(given),
  ...(automatic && { automatic: automatic === 'true' }),
})

/** The minute on the reader's clock. Its offset is that of the day itself: summer's in summer. */
const local = (time: string | null) => {
  if (time === null) return ''
  const at = new Date(time)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export const campaignValues = (campaign: Campaign): Values => ({
  ...Object.fromEntries(changedCampaign.map(({ name }) => [name, `${campaign[name] ?? ''}`])),
  categories: campaign.categories.join(', '),
  starts_at: local(campaign.starts_at),
  ends_at: local(campaign.ends_at),
})

export const campaignChange = (given: Values, campaign: Campaign): object => {
  const before = campaignValues(campaign)
  return { ...changeOf(given, before, numbers, empty), ...readOf(changedOf(given, before)) }
}
