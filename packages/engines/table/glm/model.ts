import type { Provenance } from '../../contract/index.ts'
import type { TermSource } from './design.ts'
import type { FamilyName } from './families.ts'

export interface GlmTerm {
  feature: string
  /** Category, or `missing`; null for the number itself. */
  level: string | null
  /** Change of the linear predictor per unit, or against the reference level. */
  coefficient: number
  /** exp(coefficient): factor on the mean (log link) or on the odds (logit link); null for the identity link and beyond the range of numbers. */
  relativity: number | null
  /** Null with a penalty: a shrunken coefficient has no honest standard error. */
  standardError: number | null
  /** Of a two-sided test that the coefficient is 0: Student's t when the dispersion is estimated, else normal. */
  pValue: number | null
  /** Mean of the term in the training rows. */
  mean: number
}

/** A fitted generalised linear model: plain JSON already. */
export interface GlmModel {
  family: FamilyName
  power: number
  link: 'identity' | 'log' | 'logit'
  target: string
  /** Of a binomial target, the second is the positive one. */
  classes: string[] | null
  /** Column whose logarithm is added to the linear predictor, or null. */
  exposure: string | null
  sources: TermSource[]
  intercept: { coefficient: number; standardError: number | null }
  terms: GlmTerm[]
  penalty: { lambda: number; alpha: number; chosen: 'given' | 'cross-validation' }
  fit: {
    rows: number
    /** Sum of unit deviances, with weights. */
    deviance: number
    /** Of the model with the intercept alone. */
    nullDeviance: number
    /** Pearson estimate (McCullagh & Nelder 1989), 1 for binomial and poisson. */
    dispersion: number
    degreesOfFreedom: number
    converged: boolean
  }
  provenance: Provenance
}
