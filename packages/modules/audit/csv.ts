/** First characters that spreadsheets take as the beginning of a formula (OWASP, CSV Injection). */
const formula = /^[=+\-@\t\r\n|%]/

/**
 * One line of CSV (RFC 4180). A cell that a spreadsheet would run as a formula gets an apostrophe before it: the
 * people who read an audit trail are not those who chose the names in it.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => quote(formula.test(cell) ? `'${cell}` : cell)).join(',')}\r\n`
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
