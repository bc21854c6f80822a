import type { Product } from '../types'

type Variant = Product['variants'][number]

/** The attributes in which the variants differ, with their values in the order of the variants. */
const choicesOf = (variants: readonly Variant[]) => {
  const names = [...new Set(variants.flatMap(({ attributes }) => Object.keys(attributes)))]
  return names.map(name => ({ name, values: [...new Set(variants.map(({ attributes }) => `${attributes[name] ?? ''}`))] }))
}

interface Props {
  variants: readonly Variant[]
  chosen: Variant | undefined
  choose: (variant: Variant) => void
}

/** One row of buttons for each attribute. Choosing a value keeps the others where such a variant exists. */
export function Variants({ variants, chosen, choose }: Props) {
  const choices = choicesOf(variants)
  const fits = (variant: Variant, wanted: Record<string, string>) =>
    Object.entries(wanted).every(([name, value]) => `${variant.attributes[name] ?? ''}` === value)
  const pick = (name: string, value: string) => {
    const now = Object.fromEntries(Object.entries(chosen?.attributes ?? {}).map(([key, one]) => [key, `${one}`]))
    const exact = variants.find(variant => fits(variant, { ...now, [name]: value }))
    const next = exact ?? variants.find(variant => fits(variant, { [name]: value }))
    if (next) choose(next)
  }
  return (
    <>
      {choices.map(({ name, values }) => (
        <fieldset key={name} class="grid gap-2">
          <legend class="pb-1 text-sm font-semibold capitalize">{name.replaceAll('_', ' ')}</legend>
          <div class="flex flex-wrap gap-2">
            {values.map(value => (
              <label key={value} class="button button-plain has-checked:border-brand has-checked:bg-brand-wash">
                <input
                  type="radio"
                  class="sr-only"
                  name={`variant ${name}`}
                  checked={`${chosen?.attributes[name] ?? ''}` === value}
                  onChange={() => pick(name, value)}
                />
                {value}
              </label>
            ))}
          </div>
        </fieldset>
      ))}
    </>
  )
}
