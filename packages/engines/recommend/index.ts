export { ItemContent, Taste } from './content/item-content.ts'
export { Interaction, Interactions } from './interactions/interaction.ts'
export {
  evaluateRecommender,
  EvaluateOptions,
  type RankingFigures,
  type RecommenderEvaluation,
} from './recommender/evaluate.ts'
export { explainRecommendation, ExplainRequest, type Explanation } from './recommender/explain.ts'
export { fitRecommender } from './recommender/fit.ts'
export { Visitor } from './recommender/history.ts'
export type { Recommender } from './recommender/model.ts'
export { RecommenderOptions, type Method } from './recommender/options.ts'
export { recommendItems, ShelfRequest, type Shelf, type ShelfItem } from './recommender/recommend-items.ts'
export { loadRecommender, saveRecommender } from './recommender/save.ts'
export { similarItems, SimilarRequest } from './recommender/similar-items.ts'
export { splitInteractions, SplitOptions } from './recommender/split.ts'
export {
  CompleteOptions,
  completeBasket,
  evaluateRules,
  type BasketSuggestion,
  type RuleFigures,
} from './rules/apply-rules.ts'
export { AssociationRule, fitRules, type RuleModel } from './rules/association-rules.ts'
export { Basket, RuleOptions } from './rules/basket.ts'
export { loadRules, saveRules } from './rules/save-rules.ts'
export { CatalogueItem, createCatalogue, type Catalogue } from './shelf/catalogue.ts'
export { ShelfRules } from './shelf/shelf-rules.ts'
export {
  chooseLinUcb,
  Context,
  ContextReward,
  createLinUcb,
  LinUcbOptions,
  LinUcbState,
  loadLinUcb,
  rewardLinUcb,
  saveLinUcb,
  type ArmEstimate,
} from './bandits/lin-ucb.ts'
export {
  ArmReward,
  chooseThompson,
  createThompson,
  explainThompson,
  loadThompson,
  rewardThompson,
  saveThompson,
  ThompsonChoice,
  ThompsonOptions,
  ThompsonState,
} from './bandits/thompson.ts'
export {
  evaluatePolicy,
  LoggedDecision,
  PolicyOptions,
  type PolicyEvaluation,
  type PolicyValue,
} from './offline/evaluate-policy.ts'
export { evaluateSessions, EvaluateSessionsOptions, type SessionFigures } from './sessions/evaluate-sessions.ts'
export { loadSessions, saveSessions } from './sessions/save-sessions.ts'
export { Session, SessionOptions } from './sessions/session-event.ts'
export { fitSessions, NextItemRequest, nextItems, type NextItems, type SessionModel } from './sessions/session-knn.ts'
