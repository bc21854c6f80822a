import type { Campaign } from '../types'
import { type FormField, filled, type Values } from './form-dialog'

const kinds = ['percentage', 'fixed', 'free_shipping', 'buy_x_get_y']
const fields: readonly FormField[] = [
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
]
const numbers = ['value', 'minimum', 'total_limit', 'per_user_limit', 'buy_quantity', 'get_quantity']

export const newCampaign: readonly FormField[] = [
  { name: 'kind', label: 'Kind', options: kinds, required: true },
  ...fields,
  { name: 'automatic', label: 'By itself', options: ['true', 'false'], none: 'If it has no code' },
]
/** Kind and currency cannot change: the amounts that orders hold are in them. */
export const changedCampaign = fields

export const campaignBody = ({ categories = '', automatic, starts_at, ends_at, ...rest }: Values) => ({
  ...filled(rest, numbers),
  ...(categories.trim() && { categories: categories.split(',').map(name => name.trim()) }),
  ...(automatic && { automatic: automatic === 'true' }),
  ...(starts_at && { starts_at: new Date(starts_at).toISOString() }),
  ...(ends_at && { ends_at: new Date(ends_at).toISOString() }),
})

const local = (time: string | null) =>
  time ? new Date(Date.parse(time) - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : ''
const text = (value: unknown) => (value === null || value === undefined ? '' : `${value}`)

export const campaignValues = (campaign: Campaign): Values => ({
  ...Object.fromEntries(
    (['name', 'code', 'value', 'minimum', 'total_limit', 'per_user_limit', 'buy_quantity', 'get_quantity'] as const).map(name => [
      name,
      text(campaign[name]),
    ]),
  ),
  categories: campaign.categories?.join(', ') ?? '',
  starts_at: local(campaign.starts_at),
  ends_at: local(campaign.ends_at),
})
