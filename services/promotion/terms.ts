import { invalid } from '#shared/errors'
import { defaultCurrency, toMajor, toMinor } from '#shared/money'
import { type CampaignRow, textList } from './database'
import { checkTerms, type Kind, normalCode, percentToPpm, ppmToPercent } from './domain'
import type { ChangedCampaign, NewCampaign } from './model'

/** MySQL and MariaDB store years up to 9999. */
const timeOf = (iso: string | null): Date | null => {
  if (iso === null) return null
  const time = new Date(iso)
  const year = time.getUTCFullYear()
  if (Number.isNaN(year) || year < 1970 || year > 9999)
    throw invalid('invalid_schedule', 'A campaign starts and ends at a time from 1970 to 9999.')
  return time
}

const storedValue = (kind: Kind, value: number, currency: string) =>
  kind === 'percentage' ? percentToPpm(value) : kind === 'fixed' ? toMinor(value, currency) : 0

/** The columns of a campaign, from the fields of a request. Checked as a whole. */
const termsOf = ({ kind, currency, ...given }: Required<NewCampaign>) => {
  const terms = {
    name: given.name.trim(),
    kind,
    value: storedValue(kind, given.value, currency),
    buy_quantity: given.buy_quantity,
    get_quantity: given.get_quantity,
    currency,
    minimum: toMinor(given.minimum, currency),
    code: given.code === null ? null : normalCode(given.code),
    automatic: given.automatic,
    public: given.public,
    starts_at: timeOf(given.starts_at),
    ends_at: timeOf(given.ends_at),
    categories: textList.write([...new Set(given.categories)]),
    category_ids: textList.write([...new Set(given.category_ids)]),
    product_ids: textList.write([...new Set(given.product_ids)]),
    total_limit: given.total_limit,
    per_user_limit: given.per_user_limit,
  }
  checkTerms({
    ...terms,
    buyQuantity: terms.buy_quantity,
    getQuantity: terms.get_quantity,
    startsAt: terms.starts_at,
    endsAt: terms.ends_at,
  })
  return terms
}
export type Terms = ReturnType<typeof termsOf>

export const newTerms = (given: NewCampaign): Terms =>
  termsOf({
    value: 0,
    currency: defaultCurrency,
    minimum: 0,
    code: null,
    automatic: given.code === undefined || given.code === null,
    public: given.code === undefined || given.code === null,
    starts_at: null,
    ends_at: null,
    categories: [],
    category_ids: [],
    product_ids: [],
    total_limit: null,
    per_user_limit: null,
    buy_quantity: 0,
    get_quantity: 0,
    ...given,
  })

/** The first code of a campaign also ends `automatic` and `public`, unless the change sets them as well. */
export const changedTerms = (row: CampaignRow, change: ChangedCampaign): Terms =>
  termsOf({
    name: row.name,
    kind: row.kind,
    value: row.kind === 'percentage' ? ppmToPercent(row.value) : toMajor(row.value, row.currency),
    currency: row.currency,
    minimum: toMajor(row.minimum, row.currency),
    code: row.code,
    automatic: row.automatic === 1 && typeof change.code !== 'string',
    public: row.public === 1 && (row.code !== null || typeof change.code !== 'string'),
    starts_at: row.starts_at?.toISOString() ?? null,
    ends_at: row.ends_at?.toISOString() ?? null,
    categories: textList.read(row.categories),
    category_ids: row.category_ids === null ? [] : textList.read(row.category_ids),
    product_ids: textList.read(row.product_ids),
    total_limit: row.total_limit,
    per_user_limit: row.per_user_limit,
    buy_quantity: row.buy_quantity,
    get_quantity: row.get_quantity,
    ...change,
  })
