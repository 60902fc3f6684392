export { cha2ds2Vasc, StrokeRiskInput } from './cha2ds2-vasc.ts'
export { egfr, KidneyInput } from './egfr.ts'
export { news2, Observations, type News2 } from './news2.ts'
export { qsofa, QsofaInput } from './qsofa.ts'
