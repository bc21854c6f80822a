import type { ShopError } from '../../kit/api'
import { TextField } from '../../kit/field'
import { faultOf } from '../../kit/notice'
import type { PostalAddress } from '../types'
import { words } from '../words'

export const noAddress: PostalAddress = { line1: '', city: '', country: '' }

/** The address without the parts that were left empty. */
export const filled = (address: PostalAddress): PostalAddress => {
  const given = Object.entries(address).filter(([, value]) => typeof value === 'string' && value.trim())
  return { ...noAddress, ...Object.fromEntries(given.map(([name, value]) => [name, `${value}`.trim()])) }
}

interface Props {
  address: PostalAddress
  onChange: (address: PostalAddress) => void
  problem: ShopError | undefined
  /** Where the API has it in the body. */
  at?: string
}

export function AddressFields({ address, onChange, problem, at = '' }: Props) {
  const w = words.value
  const fields = [
    ['line1', w.street, 'address-line1', true, 200],
    ['line2', w.street2, 'address-line2', false, 200],
    ['postal_code', w.postalCode, 'postal-code', false, 20],
    ['city', w.city, 'address-level2', true, 100],
    ['region', w.region, 'address-level1', false, 100],
    ['country', w.country, 'country-name', true, 60],
  ] as const
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      {fields.map(([name, label, autoComplete, required, maxLength]) => (
        <TextField
          key={name}
          name={name}
          label={label}
          value={address[name] ?? ''}
          onInput={value => onChange({ ...address, [name]: value })}
          autoComplete={autoComplete}
          required={required}
          maxLength={maxLength}
          error={faultOf(problem, at ? `${at}/${name}` : name)}
          {...(name === 'country' && { hint: w.countryHint })}
        />
      ))}
    </div>
  )
}

export const oneLine = (address: string | PostalAddress) =>
  typeof address === 'string'
    ? address
    : [address.line1, address.line2, `${address.postal_code ?? ''} ${address.city}`.trim(), address.region, address.country]
        .filter(Boolean)
        .join(', ')
