/**
 * Tables: predicting a column from the others, and saying why, how well, how fairly and for how long it will hold.
 *
 * ```ts
 * const model = fitBoosting({ age: [34, 51, ...], city: ['Bergen', null, ...], left: [true, false, ...] }, { target: 'left' })
 * applyBoosting(model, newRows)       // probabilities
 * explainBoosting(model, newRows)     // what each column contributed
 * evaluateBoosting(model, knownRows)  // log loss, F1, areas under curves
 * saveBoosting(model)                 // JSON
 * ```
 */
export { applyBoosting, type Prediction, scoreBoosting } from './boosting/apply.ts'
export { evaluateBoosting } from './boosting/evaluate.ts'
export { explainBoosting, type Explanation, gainImportance } from './boosting/explain.ts'
export { fitBoosting } from './boosting/fit.ts'
export type { BoostingModel, Validation } from './boosting/model.ts'
export { BoostingOptions, Objective, TreeSettings } from './boosting/options.ts'
export { loadBoosting, saveBoosting } from './boosting/save.ts'
export { type ColumnValues, Table } from './columns.ts'
export { applyGlm, evaluateGlm, explainGlm, type GlmExplanation, type GlmPrediction } from './glm/apply.ts'
export { fitGlm } from './glm/fit.ts'
export type { GlmModel, GlmTerm } from './glm/model.ts'
export { GlmOptions } from './glm/options.ts'
export { loadGlm, saveGlm } from './glm/save.ts'
export {
  applyCalibration,
  type CalibrationModel,
  CalibrationOptions,
  type CalibrationReport,
  evaluateCalibration,
  fitCalibration,
  loadCalibration,
  saveCalibration,
} from './calibration/calibration.ts'
export { type CrossValidation, CrossValidationOptions, crossValidate } from './cross-validation/cross-validate.ts'
export { type ColumnDrift, DriftOptions, measureDrift } from './drift/drift.ts'
export { evaluateFairness, FairnessOptions, type FairnessReport, type GroupFairness } from './fairness/fairness.ts'
export {
  ImportanceOptions,
  type PermutationImportance,
  permutationImportance,
} from './importance/permutation-importance.ts'
export { applyCox, type CoxPrediction, evaluateCox } from './survival/apply-cox.ts'
export { CoxOptions, fitCox } from './survival/cox.ts'
export { type CoxModel, type CoxTerm, loadCox, saveCox } from './survival/cox-model.ts'
export { estimateSurvival, type SurvivalCurve, SurvivalOptions } from './survival/kaplan-meier.ts'
export type { LogRank } from './survival/log-rank.ts'
export { Folding } from './cross-validation/folding.ts'
export type { ClassScores, Evaluation, NumberScores } from './metrics/scores.ts'
