import { disassemble, getChoseong } from 'es-hangul'

/** Korean as it is typed: syllables grow letter by letter, and initials alone stand for a word. */

const jamoOnly = /^[\u3131-\u318e]+$/
const consonantsOnly = /^[ㄱ-ㅎ]+$/

export const isJamo = (text: string): boolean => jamoOnly.test(text)
/** `ㅂㄹㅌㅅ` may stand for `블루투스`. */
export const areInitials = (text: string): boolean => consonantsOnly.test(text)

/** `블루ㅌ` becomes `ㅂㅡㄹㄹㅜㅌ`, with which the letters of `블루투스` begin. */
export const lettersOf = (text: string): string => disassemble(text)
export const initialsOf = (text: string): string => getChoseong(text)
