export { mannKendall, Series, TrendOptions, type Trend } from './mann-kendall.ts'
export { senSlope, TimedValues } from './sen-slope.ts'
