import { remember } from '#shared/remember'
import { second } from '#shared/time'
import { type NotificationSql, templateColumn } from './database'
import type { Kind, Language } from './domain'
import { render, renderShort } from './render'
import { shippedTemplates } from './templates'
import { sampleValues } from './templates-samples'

export interface TemplateContent {
  subject: string
  text: string
  html: string
  short: string
}
export interface TemplateVersion extends TemplateContent {
  /** Null while it is as the shop comes. */
  updated_at: Date | null
}

const shippedContent = (kind: Kind, language: Language): TemplateContent => {
  const { subject, text, html, short } = shippedTemplates[kind][language]
  return { subject, text, html, short }
}

/** The shop's own templates, and those that an administrator put in their place. Every instance uses a change within seconds. */
export const editedTemplates = ({ db, transaction }: Pick<NotificationSql, 'db' | 'transaction'>) => {
  const edited = remember(
    async (keys: readonly 'all'[]) => {
      const rows = await db.selectFrom('templates').selectAll().execute()
      const contents = new Map(rows.map(row => [`${row.kind} ${row.language}`, templateColumn.read(row.content)]))
      return new Map(keys.map(key => [key, contents]))
    },
    { ms: 2 * second, most: 1 },
  )

  /** Throws 400 `invalid_template`. */
  const preview = (kind: Kind, language: Language, content: TemplateContent) => {
    const values = { ...sampleValues[kind], language }
    return { ...render({ ...content, language }, values), short: renderShort({ short: content.short, language }, values) }
  }

  return {
    preview,

    async find(kind: Kind, language: Language): Promise<TemplateVersion> {
      const row = await db.selectFrom('templates').selectAll().where('kind', '=', kind).where('language', '=', language).executeTakeFirst()
      return row
        ? { ...templateColumn.read(row.content), updated_at: row.updated_at }
        : { ...shippedContent(kind, language), updated_at: null }
    },

    /** What is used for sending. The edited one comes first; the shop's own stands in where that cannot be filled. */
    async candidates(kind: Kind, language: Language): Promise<TemplateContent[]> {
      const own = (await edited.recent(['all'])).get('all')?.get(`${kind} ${language}`)
      return [...(own ? [own] : []), shippedContent(kind, language)]
    },

    async put(kind: Kind, language: Language, content: TemplateContent): Promise<TemplateVersion> {
      preview(kind, language, content)
      const updated_at = new Date()
      const text = templateColumn.write(content)
      await transaction(trx =>
        trx
          .insertInto('templates')
          .values({ kind, language, content: text, updated_at })
          .onDuplicateKeyUpdate({ content: text, updated_at })
          .execute(),
      )
      edited.forget()
      return { ...content, updated_at }
    },

    /** Puts the shop's own back. */
    async reset(kind: Kind, language: Language): Promise<void> {
      await transaction(trx => trx.deleteFrom('templates').where('kind', '=', kind).where('language', '=', language).execute())
      edited.forget()
    },
  }
}
export type EditedTemplates = ReturnType<typeof editedTemplates>
