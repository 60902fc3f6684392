/** What stands in a field of type `number`: Vue hands over a number once somebody has typed one. */
export type FieldFigure = string | number

/** Null for an empty field. */
export function figureOf(entered: FieldFigure): number | null {
  return String(entered).trim() === '' ? null : Number(entered)
}

/** USD as it is entered, as micro-units; null for an empty field. */
export function microsOf(usd: FieldFigure): number | null {
  const figure = figureOf(usd)
  return figure === null ? null : Math.round(figure * 1_000_000)
}

/** Micro-units as they are entered, USD. */
export const usdOf = (micros: number | null): string => (micros === null ? '' : String(micros / 1_000_000))
