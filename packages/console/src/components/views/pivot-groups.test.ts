import { describe, expect, it } from 'vitest'
import { pivotGroups } from './pivot-groups'

const labels = { categoryLabel: 'Week', seriesLabel: 'Average score', dates: true }

describe('groups of records as a plot', () => {
  it('has one series per value of the split, gaps where a group has none', () => {
    const data = pivotGroups(
      [
        { key: '2026-11-09', series: 'Ada', value: 70, count: 2 },
        { key: '2026-11-02', series: 'Ada', value: 60, count: 1 },
        { key: '2026-11-09', series: 'Ben', value: 50, count: 1 },
      ],
      labels,
    )
    expect(data.categories).toEqual(['Nov 2', 'Nov 9'])
    expect(data.series).toEqual([
      { name: 'Ada', values: [60, 70] },
      { name: 'Ben', values: [null, 50] },
    ])
  })

  it('puts records without the group last', () => {
    const data = pivotGroups(
      [
        { key: null, series: null, value: 3, count: 3 },
        { key: '2026-11-02', series: null, value: 1, count: 1 },
      ],
      labels,
    )
    expect(data.categories).toEqual(['Nov 2', 'none'])
    expect(data.series).toEqual([{ name: 'Average score', values: [1, 3] }])
  })
})
