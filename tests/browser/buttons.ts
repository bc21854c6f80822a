import type { Page } from 'playwright-core'

/** Gives something to each field of a form that is empty, chooses a row of each table, and opens what can be opened, so that buttons can do what they are for. */
export async function prepare(page: Page) {
  for (const input of await page.locator('input[type=file]').all())
    await input.setInputFiles({ name: 'products.csv', mimeType: 'text/csv', buffer: Buffer.from('sku,name\n') })
  await page.evaluate(async () => {
    const texts: Record<string, string> = {
      email: 'somebody@example.com',
      password: 'password-of-somebody',
      number: '1',
      date: '2030-01-01',
      'datetime-local': '2030-01-01T12:00',
      url: 'https://example.com/',
      tel: '+15550100',
    }
    const drawn = () => new Promise<void>(resolve => setTimeout(resolve))
    for (const details of document.querySelectorAll('details')) details.open = true
    for (const list of document.querySelectorAll('tbody, section.card:not(:has(form, li, table))')) {
      const boxes = [...list.querySelectorAll<HTMLInputElement>('input[type=checkbox]')]
      if (!boxes.some(({ checked }) => checked)) boxes[0]?.click()
    }
    const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(
      'main form :is(input, textarea, select)',
    )
    for (const field of fields) {
      if (field.disabled || ['checkbox', 'radio', 'file'].includes(field.type)) continue
      if (field instanceof HTMLSelectElement) {
        if (field.selectedIndex === field.options.length - 1) continue
        field.selectedIndex = field.options.length - 1
      } else {
        if (field.value !== '') continue
        field.value = (texts[field.type] ?? 'something').slice(0, field.maxLength < 0 ? undefined : field.maxLength)
      }
      field.dispatchEvent(new Event('input', { bubbles: true }))
      field.dispatchEvent(new Event('change', { bubbles: true }))
      // A form keeps all its fields together: the next one is set when this one is drawn.
      await drawn()
    }
  })
}

const buttonsOf = (page: Page) => page.locator('button, [role=button], input[type=submit], input[type=button]')
/** A button by its place among the names. It is found by a mark of its own, since the page may be drawn anew before it is clicked. */
export const buttonAt = (page: Page, at: number) => page.locator(`[data-named="${at}"]`)

/** What the kit draws on many pages: to try it once is enough. */
export const isOfKit = (name: string) => name.startsWith('kit: ')

/**
 * Names each button by its part of the page and its text: those in the rows of one list have one name. A button that cannot be clicked now has none, and
 * neither has one behind a dialog.
 */
export const namesOf = (page: Page): Promise<string[]> =>
  buttonsOf(page).evaluateAll(buttons => {
    const opened = [...document.querySelectorAll('dialog[open]')].at(-1)
    return buttons.map((button, at) => {
      button.setAttribute('data-named', `${at}`)
      if (opened && !opened.contains(button)) return ''
      if (!button.checkVisibility({ visibilityProperty: true }) || button.matches(':disabled, [aria-disabled=true]')) return ''
      const text = (button.textContent || button.getAttribute('value') || '').trim()
      if (!button.closest('main') || /^(×|Cancel|Next|Previous|Clear filters|Try again)$/.test(text)) return `kit: ${text}`
      const dialog = button.closest('dialog')
      const row = button.closest('li, tbody tr')
      const part = dialog ?? (row?.parentElement ?? button).closest('section, form, main')
      const title = part?.querySelector('h1, h2')?.textContent ?? ''
      return `${dialog ? 'dialog ' : ''}${title}${row ? ', a row' : ''}: ${text}`.replace(/\d+/g, '#')
    })
  })
