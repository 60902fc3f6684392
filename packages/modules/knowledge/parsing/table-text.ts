/** Separates the cells of one row in a table block's text. */
const cellSeparator = ' | '

/** Rows of cells as a table block's text; the first row is the header. Empty trailing cells and empty rows are left out. */
export function tableText(rows: readonly (readonly string[])[]): string {
  return rows
    .map((row) => {
      const cells = row.map((cell) => cell.replace(/\s+/g, ' ').trim())
      while (cells.at(-1) === '') cells.pop()
      return cells.join(cellSeparator)
    })
    .filter((line) => line !== '')
    .join('\n')
}
