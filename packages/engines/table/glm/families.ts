import { unitDeviance } from '../metrics/regression.ts'

/** A distribution of the exponential family with its link (McCullagh & Nelder 1989). */
export interface Family {
  /** Scale of the linear predictor. */
  link: 'identity' | 'log' | 'logit'
  domain: 'any' | 'non-negative' | 'positive'
  /** Expected value at a linear predictor. */
  mean(eta: number): number
  /** Linear predictor of an expected value. */
  linear(mean: number): number
  /** Derivative of the mean by the linear predictor. */
  slope(mean: number): number
  /** Variance at a mean, for dispersion 1. */
  variance(mean: number): number
  /** Twice the loss of likelihood of one observation against a perfect fit. */
  deviance(y: number, mean: number): number
  /** Whether the dispersion is estimated; it is 1 for counts and classes. */
  estimatesDispersion: boolean
}

export type FamilyName = 'gaussian' | 'binomial' | 'poisson' | 'gamma' | 'tweedie'

/** Linear predictors are kept where their exponential is finite. */
const farthest = 500

const identity = {
  link: 'identity',
  mean: (eta: number) => eta,
  linear: (mean: number) => mean,
  slope: () => 1,
} as const
const log = {
  link: 'log',
  mean: (eta: number) => Math.exp(Math.min(farthest, Math.max(-farthest, eta))),
  linear: (mean: number) => Math.log(mean),
  slope: (mean: number) => mean,
} as const

/** @param power of the variance, for tweedie: between 1 and 2 */
export function familyOf(name: FamilyName, power: number): Family {
  switch (name) {
    case 'gaussian':
      return {
        ...identity,
        domain: 'any',
        variance: () => 1,
        deviance: (y, mean) => (y - mean) ** 2,
        estimatesDispersion: true,
      }
    case 'binomial':
      return binomial
    case 'poisson':
      return { ...log, ...tweedie(1), domain: 'non-negative', estimatesDispersion: false }
    case 'gamma':
      return { ...log, ...tweedie(2), domain: 'positive', estimatesDispersion: true }
    case 'tweedie':
      return { ...log, ...tweedie(power), domain: 'non-negative', estimatesDispersion: true }
  }
}

function tweedie(power: number) {
  return {
    variance: (mean: number) => mean ** power,
    deviance: (y: number, mean: number) => unitDeviance(y, mean, power),
  }
}

/** Probabilities are kept this far from 0 and 1, so that weights stay finite where classes are separated. */
const nearest = 1e-10

const binomial: Family = {
  link: 'logit',
  domain: 'any',
  mean: (eta) => Math.min(1 - nearest, Math.max(nearest, 1 / (1 + Math.exp(-eta)))),
  linear: (mean) => Math.log(mean / (1 - mean)),
  slope: (mean) => mean * (1 - mean),
  variance: (mean) => mean * (1 - mean),
  deviance: (y, mean) => -2 * (y * Math.log(mean) + (1 - y) * Math.log(1 - mean)),
  estimatesDispersion: false,
}
