interface ChartSeries {
  name: string
  /** A series that is bad news has the colour of bad news. */
  tone?: 'error'
  values: readonly (number | null)[]
}

export interface ChartData {
  /** What the categories are: `Day`, `Stage`. */
  categoryLabel: string
  categories: readonly string[]
  series: readonly ChartSeries[]
}
