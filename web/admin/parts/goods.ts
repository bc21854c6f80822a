interface Line {
  sku: string
  quantity: number
}

/** "2 × MUG, 1 × TEE-M" */
export const goodsOf = (lines: readonly Line[]) => lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')
