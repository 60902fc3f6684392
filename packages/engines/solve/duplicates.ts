import { EngineInputError } from '../contract/index.ts'

/** @throws EngineInputError with the row of each name that was there before */
export function refuseDuplicates(field: string, list: readonly { name: string }[]): void {
  const seen = new Set<string>()
  const faults = list.flatMap(({ name }, row) => {
    if (seen.has(name)) return [{ field, row, message: `${name} is there twice` }]
    seen.add(name)
    return []
  })
  if (faults.length > 0) throw new EngineInputError('duplicate-key', faults)
}
