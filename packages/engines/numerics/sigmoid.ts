export const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)))

export const logit = (p: number): number => Math.log(p / (1 - p))

/** -log likelihood of `hit` under a logit, without overflow. */
export const logLoss = (z: number, hit: number): number => Math.max(z, 0) - hit * z + Math.log1p(Math.exp(-Math.abs(z)))
