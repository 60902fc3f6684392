import { fieldProblems, invalidInput } from '@guildhall/kernel'
import type { z } from 'zod'

/** @throws Problem 400 naming the field */
export async function readJson<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  let body: unknown
  try {
    body = await request.json()
  } catch {
    throw invalidInput([{ field: '', message: 'the body is not JSON' }])
  }
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw invalidInput(fieldProblems(parsed.error))
  return parsed.data
}
