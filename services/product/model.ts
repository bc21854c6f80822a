import { Amount, Currency, toMajor } from '#shared/money'
import { closed, maxQuantity, named, oneOf, ProductId, Sku, type Static, Time, t, text } from '#shared/schema'
import { taxClasses } from '#shared/tax-class'
import type { ProductRow } from './database'
import { availableStock, taxClassOf, type Variant } from './domain'

const Attributes = t.Record(
  t.String({ pattern: '^[A-Za-z0-9_ -]{1,64}$' }),
  t.Union([t.String({ maxLength: 1000 }), t.Number({ minimum: -1e15, maximum: 1e15 }), t.Boolean()]),
  {
    additionalProperties: false,
    maxProperties: 50,
    description: 'Properties of the product by name',
    examples: [{ color: 'silver', ram_gb: 16 }],
  },
)
const Images = t.Array(t.String({ maxLength: 2048, pattern: '^(https?://\\S+|[^\\s:]+)$', examples: ['https://example.com/laptop.jpg'] }), {
  maxItems: 20,
  description: 'HTTP(S) URLs or relative paths',
})
const Tags = t.Array(text(64, 'portable'), { maxItems: 50, uniqueItems: true })
const Stock = t.Integer({ minimum: 0, maximum: maxQuantity, examples: [10] })
const TaxClass = named('TaxClass', oneOf(taxClasses, ['standard']))
const NewVariant = named(
  'NewProductVariant',
  closed({
    sku: Sku,
    attributes: t.Optional(Attributes),
    price: t.Optional(
      t.Number({ ...Amount, description: 'Without one it is that of the product. Sent back as it was read, it stays that of the product' }),
    ),
    stock: t.Optional(Stock),
  }),
)

const productFields = {
  name: text(200, 'Laptop'),
  description: t.String({ maxLength: 10_000, examples: ['A light laptop for every day.'] }),
  price: Amount,
  currency: t.Optional(Currency),
  category: text(100, 'Electronics'),
  tax_class: t.Optional(t.Union([TaxClass, t.Null()], { description: 'Without one it is that of the category' })),
  sku: Sku,
  attributes: t.Optional(Attributes),
  images: t.Optional(Images),
  tags: t.Optional(Tags),
  variants: t.Optional(t.Array(NewVariant, { maxItems: 100 })),
}
const sample = {
  name: 'Laptop',
  description: 'A light laptop for every day.',
  price: 1500,
  category: 'Electronics',
  stock: 10,
  sku: 'LT-001',
}
const { stock: _, ...mat } = {
  ...sample,
  name: 'Yoga mat',
  description: 'Natural rubber, 5 mm.',
  price: 45,
  category: 'Sports',
  sku: 'MAT-YOGA',
}

export const NewProduct = named(
  'NewProduct',
  closed(
    { ...productFields, stock: t.Integer({ ...Stock, description: 'Opening stock. With variants it is the sum of theirs, or 0' }) },
    { examples: [sample] },
  ),
)
const UnchangedStock = t.Optional(t.Integer({ ...Stock, description: 'Owned by inventory: send it back unchanged, or leave it out' }))
export const ReplacedProduct = named('ProductReplacement', closed({ ...productFields, stock: UnchangedStock }, { examples: [mat] }))
export const ChangedProduct = named(
  'ProductChange',
  closed(
    {
      ...t.Partial(ReplacedProduct).properties,
      status: t.Optional(t.Literal('active', { description: 'Takes an archived product back into the catalog' })),
    },
    { minProperties: 1, examples: [{ price: 45 }] },
  ),
)

/** A line of an import: a new product, or a line of an export. Fields that the shop sets itself are ignored. */
export const ImportedProduct = closed({
  ...productFields,
  stock: t.Optional(Stock),
  id: t.Optional(t.Unknown()),
  category_ids: t.Optional(t.Unknown()),
  status: t.Optional(t.Unknown()),
  rating: t.Optional(t.Unknown()),
  created_at: t.Optional(t.Unknown()),
  updated_at: t.Optional(t.Unknown()),
})

export const maxImportErrors = 1000
export const ImportReport = named(
  'ImportReport',
  t.Object({
    created: t.Integer(),
    updated: t.Integer(),
    unchanged: t.Integer(),
    failed: t.Integer(),
    errors: t.Array(named('ImportError', t.Object({ line: t.Integer(), code: t.String(), message: t.String() })), {
      description: `The first ${maxImportErrors} errors, by line; the first line is 1`,
    }),
  }),
)
export type ImportReport = Static<typeof ImportReport>

export const ProductView = named(
  'Product',
  t.Object({
    id: ProductId,
    name: t.String({ examples: ['Notebook 14'] }),
    description: t.String({ examples: ['14 inches, 512 GB'] }),
    price: t.Number({ description: 'In major units', examples: [1500] }),
    currency: Currency,
    category: t.String({ examples: ['Notebooks'] }),
    category_ids: t.Array(t.String(), {
      description: 'From the top of the tree to its category',
      examples: [['652f1f77bcf86cd799430001']],
    }),
    tax_class: TaxClass,
    stock: t.Integer({ description: 'Available quantity of all SKUs', examples: [25] }),
    sku: Sku,
    attributes: t.Record(t.String(), t.Union([t.String(), t.Number(), t.Boolean()]), { examples: [{ storage: '512 GB' }] }),
    images: t.Array(t.String(), { examples: [['https://shop.example/notebook.webp']] }),
    tags: t.Array(t.String(), { examples: [['laptop']] }),
    variants: t.Array(
      named(
        'ProductVariant',
        t.Object({
          sku: Sku,
          attributes: t.Record(t.String(), t.Union([t.String(), t.Number(), t.Boolean()])),
          price: t.Number({ examples: [1500] }),
          stock: t.Integer({ examples: [25] }),
        }),
      ),
    ),
    status: t.Union([t.Literal('active'), t.Literal('archived')]),
    rating: t.Optional(
      named(
        'ProductRating',
        t.Object(
          { average: t.Number({ examples: [4.5] }), count: t.Integer({ examples: [12] }) },
          { description: 'Of its published reviews; absent while there are none' },
        ),
      ),
    ),
    created_at: Time,
    updated_at: Time,
  }),
)
/** For a request that reads up to 100 of them at once. */
export const ProductIds = named(
  'ProductIds',
  closed({ ids: t.Array(ProductId, { minItems: 1, maxItems: 100, examples: [['507f1f77bcf86cd799439011']] }) }),
)
export const ProductBatch = named(
  'ProductBatch',
  t.Object({ items: t.Array(ProductView), missing: t.Array(t.String(), { description: 'Ids of no product' }) }),
)
export type ProductView = Static<typeof ProductView>

const { id, name, price, currency, category, category_ids, tax_class, stock, sku, status } = ProductView.properties
/** What a cart and an order need of a product: without texts, pictures and attributes, which may be a hundred times as long. */
export const PriceView = t.Object({
  ...{ id, name, price, currency, category, category_ids, tax_class, stock, sku, status },
  variants: t.Array(t.Object({ sku: t.String(), price: t.Number(), stock: t.Integer() })),
})
/** The same with the version that the product's events carry, for who compares it with them. */
export const VersionedPriceView = t.Object({ ...PriceView.properties, version: t.Integer() })
/** The fields that they are made of. */
export const pricedFields = {
  version: 1,
  name: 1,
  price: 1,
  currency: 1,
  category: 1,
  category_ids: 1,
  category_tax_class: 1,
  tax_class: 1,
  stock: 1,
  sku: 1,
  status: 1,
  levels: 1,
  'variants.sku': 1,
  'variants.price': 1,
} as const
export type PricedProduct = Pick<ProductRow, Exclude<keyof typeof pricedFields, `variants.${string}`> | '_id'> & {
  variants: Pick<Variant, 'sku' | 'price'>[]
}

export const priceView = (product: PricedProduct): Static<typeof PriceView> => ({
  id: product._id.toHexString(),
  name: product.name,
  price: toMajor(product.price, product.currency),
  currency: product.currency,
  category: product.category,
  category_ids: product.category_ids.map(id => id.toHexString()),
  tax_class: taxClassOf(product),
  stock: product.stock,
  sku: product.sku,
  status: product.status,
  variants: product.variants.map(({ sku, price = product.price }) => ({
    sku,
    price: toMajor(price, product.currency),
    stock: availableStock(product, sku),
  })),
})

export const versionedPriceView = (product: PricedProduct): Static<typeof VersionedPriceView> => ({
  ...priceView(product),
  version: product.version,
})

type ShownProduct = Omit<ProductRow, 'category_id' | 'category_version' | 'skus' | 'sku_keys' | 'shelf'>

export const productView = (product: ShownProduct): ProductView => {
  const priced = priceView(product)
  return {
    ...priced,
    description: product.description,
    attributes: product.attributes,
    images: product.images,
    tags: product.tags,
    variants: priced.variants.map((variant, at) => ({ ...variant, attributes: product.variants[at]?.attributes ?? {} })),
    ...(product.rating && product.rating.count > 0 && { rating: { average: product.rating.average, count: product.rating.count } }),
    created_at: product.created_at.toISOString(),
    updated_at: product.updated_at.toISOString(),
  }
}
