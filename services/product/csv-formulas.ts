/** A spreadsheet runs a cell that begins with one of these; names come from suppliers. An apostrophe before it makes the cell text. */
const formula = /^'*[=+\-@\t\r]/

export const escapeFormula = (text: string): string => (formula.test(text) ? `'${text}` : text)
export const unescapeFormula = (cell: string): string => (cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell)
