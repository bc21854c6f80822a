import { useState } from 'preact/hooks'
import { useAction } from '../../kit/action'
import { ask } from '../../kit/api'
import { Button } from '../../kit/button'
import { Problem, say } from '../../kit/notice'
import { changed } from '../../kit/query'
import { bodyOf } from '../../kit/request'
import type { Product } from '../types'
import { useCategories } from './categories'
import { FormDialog } from './form-dialog'
import { productChange, productFields, productValues } from './product-form'
import { sendChange } from './send-change'
import type { Values } from './values'

/** The product as the form is filled with it, and the tag of that reading: if somebody else changes it meanwhile, the change is refused. */
interface Opened {
  product: Product
  tag: string | null
}

export function ChangeProduct({ id }: { id: string }) {
  const [opened, setOpened] = useState<Opened>()
  const fields = productFields(useCategories())
  const path = `/api/products/${id}`
  const open = useAction(async () => {
    const answer = await ask('GET', path)
    setOpened({ product: await bodyOf<Product>(answer), tag: answer.headers.get('etag') })
  })
  const save = async (values: Values, { product, tag }: Opened) => {
    await sendChange(path, productChange(values, product), tag === null ? {} : { 'if-match': tag })
    changed('/api/')
    say('Saved.')
  }
  return (
    <>
      <Button busy={open.busy} onClick={() => open.run()}>
        Change
      </Button>
      <Problem problem={open.problem} />
      {opened && (
        <FormDialog
          title="Change"
          save="Change"
          fields={fields}
          values={productValues(opened.product)}
          onSave={values => save(values, opened)}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  )
}
