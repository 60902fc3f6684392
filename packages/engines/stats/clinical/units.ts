import { EngineInputError } from '../../contract/index.ts'

/** @throws EngineInputError when a value can only be meant in another unit */
export function refuseUnit(
  field: string,
  value: number,
  range: readonly [low: number, high: number],
  message: string,
): void {
  if (value < range[0] || value > range[1]) throw new EngineInputError('wrong-unit', [{ field, row: null, message }])
}

export const temperatureRange = [25, 45] as const
