import type { PricedCall } from '@guildhall/modules/ledger'
import type { Target } from './connection.ts'
import { kinds } from './kinds.ts'

/** How the ledger finds the price of what a target does. */
export function pricedCall({ connection, model }: Pick<Target, 'connection' | 'model'>, at: Date): PricedCall {
  const { kind, baseUrl, slug } = connection
  return { listedAs: kinds[kind].listedAs, baseUrl, provider: slug, model, at }
}
