import { z } from 'zod'
import { checkInput, EngineInputError } from '../../contract/index.ts'

/** Cumulative claims of one line of business. */
export const Triangle = z.object({
  origins: z.array(z.string().min(1)).min(2).describe('Accident or underwriting years, oldest first'),
  cumulative: z
    .array(z.array(z.number().min(0)).min(1))
    .min(2)
    .describe(
      '`[origin][development]` cumulative claims known so far, in one currency; each row as long as it is known',
    ),
})
export type Triangle = z.infer<typeof Triangle>

const fault = (row: number | null, message: string) =>
  new EngineInputError('wrong-length', [{ field: 'cumulative', row, message }])

/**
 * @throws EngineInputError when a row is longer than an older one, when no row is complete, or when the oldest values of
 * a development period are zero so that no factor follows
 */
export function checkTriangle(triangle: Triangle): { origins: string[]; rows: number[][]; periods: number } {
  const { origins, cumulative } = checkInput(Triangle, triangle, 'triangle')
  if (cumulative.length !== origins.length) throw fault(null, `needs ${String(origins.length)} rows, one per origin`)
  const repeated = origins.findIndex((origin, index) => origins.indexOf(origin) !== index)
  if (repeated >= 0)
    throw new EngineInputError('duplicate-key', [{ field: 'origins', row: repeated, message: 'is named twice' }])
  const periods = cumulative[0]?.length ?? 0
  if (periods < 2) throw fault(0, 'the oldest origin needs at least two development periods')
  for (const [row, line] of cumulative.entries())
    if (line.length > (cumulative[row - 1]?.length ?? periods))
      throw fault(row, 'is known for longer than an older origin')
  return { origins, rows: cumulative, periods }
}

/** A triangle from single figures: each is the cumulative amount of an origin at a development period (from 0). */
export function triangleOf(cells: readonly { origin: string; development: number; cumulative: number }[]): Triangle {
  const origins = [...new Set(cells.map(({ origin }) => origin))].toSorted((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  const rows = new Map<string, number[]>(origins.map((origin) => [origin, []]))
  for (const { origin, development, cumulative } of cells) {
    const row = rows.get(origin)
    if (row) row[development] = cumulative
  }
  for (const [origin, row] of rows)
    for (let k = 0; k < row.length; k++)
      if (row[k] === undefined)
        throw new EngineInputError('wrong-length', [
          { field: 'cells', row: null, message: `${origin} has no figure for development ${String(k)}` },
        ])
  return { origins, cumulative: [...rows.values()] }
}
