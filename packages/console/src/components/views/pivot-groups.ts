import type { AggregateGroup } from '../../api/blueprint-types'
import { formatDay } from '../../format/time'
import type { ChartData } from '../charts/chart-types'

interface Labels {
  categoryLabel: string
  seriesLabel: string
  /** The groups are dates. */
  dates: boolean
}

const text = (value: AggregateGroup['key']) => (value === null ? 'none' : String(value))

/** Groups of an aggregation as a plot: one category per group, one series per value of the split. Records without the group come last. */
export function pivotGroups(groups: readonly AggregateGroup[], labels: Labels): ChartData {
  const keys = [...new Set(groups.map((group) => text(group.key)))].toSorted((a, b) =>
    a === 'none' ? 1 : b === 'none' ? -1 : labels.dates ? (a < b ? -1 : 1) : 0,
  )
  const names = [
    ...new Set(groups.map((group) => (group.series === null ? labels.seriesLabel : text(group.series)))),
  ].toSorted()
  const found = new Map(
    groups.map((group) => [
      `${text(group.key)}\n${group.series === null ? labels.seriesLabel : text(group.series)}`,
      group.value,
    ]),
  )
  return {
    categoryLabel: labels.categoryLabel,
    categories: keys.map((key) => (labels.dates && key !== 'none' ? formatDay(key) : key)),
    series: names.map((name) => ({ name, values: keys.map((key) => found.get(`${key}\n${name}`) ?? null) })),
  }
}
