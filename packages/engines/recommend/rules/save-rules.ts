import { z } from 'zod'
import { loadModel, ModelVersionError, Provenance, saveModel, type SavedModel } from '../../contract/index.ts'
import { AssociationRule, rulesEngine, type RuleModel } from './association-rules.ts'

const modelVersion = 1
const Contents = z.object({
  rules: z.array(AssociationRule),
  baskets: z.int(),
  itemsets: z.int(),
  provenance: Provenance,
})

export const saveRules = (model: RuleModel): SavedModel => saveModel(rulesEngine, modelVersion, { ...model })

/** @throws ModelVersionError */
export function loadRules(saved: SavedModel): RuleModel {
  const read = Contents.safeParse(loadModel(saved, rulesEngine, modelVersion))
  if (read.success) return read.data
  throw new ModelVersionError(`These rules are damaged at ${read.error.issues[0]?.path.join('.') ?? 'their root'}.`)
}
