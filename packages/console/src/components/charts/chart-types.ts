export interface ChartSeries {
  name: string
  values: readonly (number | null)[]
}

export interface ChartData {
  /** What the categories are: `Day`, `Stage`. */
  categoryLabel: string
  categories: readonly string[]
  series: readonly ChartSeries[]
}
