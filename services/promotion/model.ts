import { Drift } from '#shared/drift'
import { Amount, Currency, toMajor } from '#shared/money'
import { PageQuery } from '#shared/page'
import { booleanText, closed, Id, maxQuantity, named, ProductId, Quantity, Sku, type Static, Time, t, text } from '#shared/schema'
import { type CampaignRow, type CodeRow, textList } from './database'
import { ppmToPercent } from './domain'

const Name = text(200, 'Ten percent for new customers')
const Kind = named(
  'CampaignKind',
  t.Union([t.Literal('percentage'), t.Literal('fixed'), t.Literal('free_shipping'), t.Literal('buy_x_get_y')], {
    examples: ['percentage'],
  }),
)
/** For a new code. A code that is only looked up may be any text. */
const Code = t.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{1,63}$',
  description: 'Upper and lower case are the same',
  examples: ['SPRING10'],
})
const AnyCode = t.String({ minLength: 1, maxLength: 64, examples: ['WELCOME10'] })
const Limit = t.Integer({ minimum: 1, maximum: maxQuantity, examples: [100] })
const Pieces = t.Integer({ minimum: 0, maximum: 1000, examples: [0] })
const Category = text(100, 'Electronics')
const CategoryId = t.String({ pattern: '^[0-9a-f]{24}$', examples: ['652f1f77bcf86cd799430001'] })
const orNull = <S extends Parameters<typeof t.Union>[0][number]>(schema: S) => t.Optional(t.Union([schema, t.Null()]))

const changeable = {
  name: Name,
  value: t.Optional(
    t.Number({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Percent off (at most 4 decimals) or the amount off, depending on `kind`; the other kinds need none',
      examples: [10],
    }),
  ),
  minimum: t.Optional(t.Number({ ...Amount, description: 'The subtotal that an order needs to get the campaign', examples: [20] })),
  code: orNull(Code),
  automatic: t.Optional(
    t.Boolean({
      description: 'Applied to every order that qualifies. By default true without a `code`; set false for single-use codes',
    }),
  ),
  public: t.Optional(
    t.Boolean({ description: 'Shown, with its code, in the public list. By default only a campaign without a `code` is' }),
  ),
  starts_at: orNull(Time),
  ends_at: orNull(Time),
  categories: t.Optional(
    t.Array(Category, { maxItems: 100, description: 'Names of categories, instead of their ids; they are stored as `category_ids`' }),
  ),
  category_ids: t.Optional(
    t.Array(CategoryId, {
      maxItems: 100,
      description: 'If set, only lines of these categories, of those below them, or of `product_ids` are discounted',
    }),
  ),
  product_ids: t.Optional(
    t.Array(ProductId, { maxItems: 1000, description: 'If set, only lines of these products or of `category_ids` are discounted' }),
  ),
  total_limit: orNull(Limit),
  per_user_limit: orNull(Limit),
  buy_quantity: t.Optional(Pieces),
  get_quantity: t.Optional(Pieces),
}
export const NewCampaign = named(
  'NewCampaign',
  closed(
    { ...changeable, kind: Kind, currency: t.Optional(Currency) },
    {
      examples: [
        { name: 'Spring sale', code: 'SPRING10', kind: 'percentage', value: 10, minimum: 20, total_limit: 100, per_user_limit: 1 },
      ],
    },
  ),
)
export type NewCampaign = Static<typeof NewCampaign>
/** `kind` and `currency` cannot change: the amounts that orders hold are in them. */
export const ChangedCampaign = named(
  'CampaignChange',
  closed(t.Partial(closed(changeable)).properties, { minProperties: 1, examples: [{ total_limit: 200 }] }),
)
export type ChangedCampaign = Static<typeof ChangedCampaign>

const Status = named('CampaignStatus', t.Union([t.Literal('active'), t.Literal('scheduled'), t.Literal('ended')]))
export const CampaignQuery = closed({ ...PageQuery.properties, status: t.Optional(Status) })
export type CampaignQuery = Static<typeof CampaignQuery>
export const NewCodes = named(
  'NewCampaignCodes',
  closed({ count: t.Integer({ minimum: 1, maximum: 10_000, examples: [3] }) }, { examples: [{ count: 3 }] }),
)
export const CodeQuery = closed({ ...PageQuery.properties, used: t.Optional(booleanText()) })
export type CodeQuery = Static<typeof CodeQuery>

export const CampaignView = named(
  'Campaign',
  t.Object({
    id: t.Integer(),
    name: Name,
    kind: Kind,
    value: t.Number({ examples: [10] }),
    currency: Currency,
    minimum: t.Number({ examples: [20] }),
    code: t.Union([t.String({ examples: ['SPRING10'] }), t.Null()]),
    automatic: t.Boolean(),
    starts_at: t.Union([Time, t.Null()]),
    ends_at: t.Union([Time, t.Null()]),
    categories: t.Array(t.String(), { description: 'The names that `category_ids` had when they were set' }),
    category_ids: t.Array(t.String()),
    product_ids: t.Array(t.String()),
    buy_quantity: t.Integer(),
    get_quantity: t.Integer(),
    per_user_limit: t.Union([t.Integer(), t.Null()]),
    /** From here on, only for an admin. */
    public: t.Optional(t.Boolean()),
    total_limit: t.Optional(t.Union([t.Integer(), t.Null()])),
    used: t.Optional(t.Integer({ description: 'How many orders hold it now' })),
    created_at: t.Optional(Time),
    updated_at: t.Optional(Time),
  }),
)
export type CampaignView = Static<typeof CampaignView>

export const campaignView = (row: CampaignRow): CampaignView => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  value: row.kind === 'percentage' ? ppmToPercent(row.value) : toMajor(row.value, row.currency),
  currency: row.currency,
  minimum: toMajor(row.minimum, row.currency),
  code: row.code,
  automatic: row.automatic === 1,
  starts_at: row.starts_at?.toISOString() ?? null,
  ends_at: row.ends_at?.toISOString() ?? null,
  categories: textList.read(row.categories),
  category_ids: row.category_ids === null ? [] : textList.read(row.category_ids),
  product_ids: textList.read(row.product_ids),
  buy_quantity: row.buy_quantity,
  get_quantity: row.get_quantity,
  per_user_limit: row.per_user_limit,
})
export const adminCampaignView = (row: CampaignRow): CampaignView => ({
  ...campaignView(row),
  public: row.public === 1,
  total_limit: row.total_limit,
  used: row.used,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

export const CodesView = named('CampaignCodes', t.Object({ codes: t.Array(t.String({ examples: ['7K3F-9QXD-2MPA'] })) }))
export const CodeView = named(
  'CampaignCode',
  t.Object({ code: t.String({ examples: ['7K3F-9QXD-2MPA'] }), order_id: t.Union([t.Integer(), t.Null()]) }),
)
export const codeView = ({ code, order_id }: CodeRow): Static<typeof CodeView> => ({ code, order_id })

export const Validation = named(
  'CouponCheck',
  closed(
    {
      code: AnyCode,
      items: t.Array(
        named(
          'CouponCheckItem',
          closed({
            product_id: ProductId,
            sku: t.Optional(Sku),
            quantity: Quantity,
            price: t.Optional(
              t.Number({ ...Amount, description: 'Price of one piece; without it, the rest of the subtotal is shared over the pieces' }),
            ),
            category: t.Optional(Category),
          }),
        ),
        { maxItems: 100 },
      ),
      subtotal: Amount,
      currency: t.Optional(Currency),
    },
    {
      examples: [
        {
          code: 'WELCOME10',
          items: [{ product_id: '507f1f77bcf86cd799439011', quantity: 2, price: 1500, category: 'Electronics' }],
          subtotal: 3000,
        },
      ],
    },
  ),
)
export type Validation = Static<typeof Validation>
export const ValidationView = named(
  'CouponCheckResult',
  t.Object({
    code: t.String({ examples: ['WELCOME10'] }),
    valid: t.Boolean(),
    discount: t.Number({ examples: [300] }),
    currency: Currency,
    free_shipping: t.Boolean(),
    reason: t.String({ description: '`applied`, or the reason why not', examples: ['applied'] }),
    detail: t.String({ examples: ['Ten percent for new customers'] }),
    campaign: t.Optional(named('AppliedCampaign', t.Object({ id: t.Integer(), name: t.String(), kind: Kind }))),
  }),
)

export const DiscountRequest = closed(
  {
    user_id: t.Optional(Id),
    currency: Currency,
    coupon_code: t.Optional(AnyCode),
    guesser: t.Optional(t.String({ maxLength: 100, description: 'Who tries the code, when it is being entered: wrong ones are counted' })),
    items: t.Array(
      closed({
        product_id: ProductId,
        sku: Sku,
        quantity: Quantity,
        price: Amount,
        category: t.String({ maxLength: 100 }),
        category_ids: t.Optional(t.Array(CategoryId, { maxItems: 20 })),
      }),
      { minItems: 1, maxItems: 100 },
    ),
  },
  {
    examples: [
      { currency: 'USD', items: [{ product_id: '507f1f77bcf86cd799439011', sku: 'S', quantity: 2, price: 1500, category: 'Electronics' }] },
    ],
  },
)
export type DiscountRequest = Static<typeof DiscountRequest>
export const DiscountView = t.Object({
  discount: t.Number(),
  free_shipping: t.Boolean(),
  lines: t.Array(t.Object({ discount: t.Number() }), { description: 'In the order of the items' }),
  campaigns: t.Array(t.Object({ campaign_id: t.Integer(), code: t.Optional(t.String()), amount: t.Number() })),
  coupon: t.Union([t.Object({ code: t.String(), valid: t.Boolean(), reason: t.Optional(t.String()) }), t.Null()]),
  automatic: t.Optional(t.Boolean({ description: 'Whether any automatic campaign is on in this currency' })),
})

export const DriftView = t.Object({ limits: Drift })
export const RedemptionsView = t.Object({
  redemptions: t.Record(t.String(), t.Union([t.Literal('redeemed'), t.Literal('released'), t.Literal('rejected')])),
})
