/** What a user noted about a product. */
export interface Sample {
  product_id: string
  note: string
  created_at: Date
  updated_at: Date
}

/** The version counts the changes of a note. */
export interface Noted {
  note: string
  version: number
}

/** Before the first note. */
export const blank: Noted = { note: '', version: 0 }

/** The changed note; undefined if the new text changes nothing. */
export const changeNote = (present: Noted, note: string): Noted | undefined =>
  present.version > 0 && present.note === note ? undefined : { note, version: present.version + 1 }
