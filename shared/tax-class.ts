/** What a product is to the tax office. A place may tax each class at a rate of its own; `exempt` is taxed nowhere. */
export const taxClasses = ['standard', 'reduced', 'books', 'newspapers', 'food', 'water', 'medicine', 'baby', 'exempt'] as const
export type TaxClass = (typeof taxClasses)[number]
export const standardClass = 'standard' satisfies TaxClass
