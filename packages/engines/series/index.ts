export { mase, naiveStep, overallWeightedAverage, smape } from './accuracy.ts'
export { backtest, BacktestReport } from './backtest.ts'
export { mstl } from './decompose/mstl.ts'
export { stl, type Decomposition, type StlOptions } from './decompose/stl.ts'
export {
  applyForecast,
  explainForecast,
  fitForecast,
  forecast,
  ForecastResult,
  SeriesForecast,
  type ForecastModel,
} from './forecast.ts'
export { Event, ForecastOptions, Series, usualSeasons } from './input.ts'
export { croston, isIntermittent, tsb } from './methods/intermittent.ts'
export { naive, seasonalNaive } from './methods/naive.ts'
export { HierarchyNode, reconcile, ReconcileMethod, Reconciliation } from './reconcile.ts'
