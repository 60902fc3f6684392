export { blackLitterman, BlackLittermanOptions, impliedReturns, View } from './black-litterman.ts'
export { estimateFromPrices, EstimateOptions, PriceHistory, type Estimate } from './estimate.ts'
export { hierarchicalRiskParity } from './hierarchical-risk-parity.ts'
export { Mandate } from './mandate.ts'
export { Market, type Portfolio } from './market.ts'
export { maximumSharpe } from './maximum-sharpe.ts'
export {
  maximumReturnForVolatility,
  maximumUtility,
  minimumVolatility,
  minimumVolatilityForReturn,
  RiskAversion,
} from './mean-variance.ts'
