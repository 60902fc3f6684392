import { z } from 'zod'
import { checkInput, provenanceOf, type Provenance } from '../../contract/index.ts'
import { betaBelow, betaQuantile, logGamma } from '../../numerics/index.ts'
import { checkSuccesses, Confidence, type Successes } from './sample.ts'

export const BetaPrior = z
  .object({ successes: z.number().positive(), failures: z.number().positive() })
  .default({ successes: 1, failures: 1 })
  .describe('What is known before, as imagined trials; one of each says that any share is as likely')

export interface BayesianComparison {
  /** Chance that treatment is better than control. */
  probabilityBetter: number
  /** Share that is lost on average by choosing treatment, counting only the cases where it is worse; and control. */
  expectedLoss: { treatment: number; control: number }
  /** Shares with their credible intervals. */
  control: { mean: number; interval: [low: number, high: number] }
  treatment: { mean: number; interval: [low: number, high: number] }
  provenance: Provenance
}

const raised = (beta: Beta) => ({ a: beta.a + 1, b: beta.b })

/** Two shares with beta priors; exact up to quadrature, without simulation (losses: Stucchio 2015). */
export function bayesianProportionTest(
  control: Successes,
  treatment: Successes,
  options: { prior?: z.input<typeof BetaPrior>; confidence?: number } = {},
): BayesianComparison {
  const prior = checkInput(BetaPrior, options.prior)
  const level = checkInput(Confidence, options.confidence)
  const posterior = ({ successes, trials }: Successes) => ({
    a: successes + prior.successes,
    b: trials - successes + prior.failures,
  })
  const [c, t] = [posterior(checkSuccesses(control, 'control')), posterior(checkSuccesses(treatment, 'treatment'))]
  const describe = ({ a, b }: Beta) => ({
    mean: a / (a + b),
    interval: [betaQuantile((1 - level) / 2, a, b), betaQuantile((1 + level) / 2, a, b)] satisfies [number, number],
  })
  // E[max(x - y, 0)] = E[x] P(x+ > y) - E[y] P(x > y+), where + has one more success.
  const loss = (x: Beta, y: Beta) =>
    Math.max(0, (x.a / (x.a + x.b)) * chanceAbove(raised(x), y) - (y.a / (y.a + y.b)) * chanceAbove(x, raised(y)))
  return {
    probabilityBetter: chanceAbove(t, c),
    expectedLoss: { treatment: loss(c, t), control: loss(t, c) },
    control: describe(c),
    treatment: describe(t),
    provenance: provenanceOf('stats/bayesian-proportion-test', '1', 1, [control, treatment, options]),
  }
}

interface Beta {
  a: number
  b: number
}

// On the logit scale the density has no poles at the ends.
const logit = (p: number) => Math.log(Math.max(p, 1e-300)) - Math.log1p(-Math.min(p, 1 - 1e-16))

/** P(x > y): the density of x times the distribution function of y, by Simpson's rule where x has its mass. */
function chanceAbove(x: Beta, y: Beta): number {
  const [low, high] = [betaQuantile(1e-12, x.a, x.b), betaQuantile(1 - 1e-12, x.a, x.b)]
  const norm = logGamma(x.a + x.b) - logGamma(x.a) - logGamma(x.b)
  const [from, to] = [logit(low), logit(high)]
  const steps = 400
  const width = (to - from) / steps
  let sum = 0
  for (let k = 0; k <= steps; k++) {
    const z = from + k * width
    const p = 1 / (1 + Math.exp(-z))
    const density = Math.exp(norm - x.a * Math.log1p(Math.exp(-z)) - x.b * Math.log1p(Math.exp(z)))
    const factor = k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2
    sum += factor * density * betaBelow(p, y.a, y.b)
  }
  return Math.min(1, Math.max(0, (sum * width) / 3))
}
