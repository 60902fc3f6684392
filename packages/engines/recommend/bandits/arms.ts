import { EngineInputError } from '../../contract/index.ts'

/** @throws EngineInputError naming an arm that is there already */
export function refuseTwins(arms: readonly string[]): void {
  const seen = new Set<string>()
  for (const [row, arm] of arms.entries()) {
    if (seen.has(arm)) {
      const message = `${JSON.stringify(arm)} is there already`
      throw new EngineInputError('duplicate-key', [{ field: 'arms', row, message }])
    }
    seen.add(arm)
  }
}
