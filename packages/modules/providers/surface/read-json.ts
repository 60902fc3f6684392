import { invalidInput, type FieldProblem } from '@guildhall/kernel'
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
  if (!parsed.success) throw invalidInput(problemsOf(parsed.error.issues).slice(0, 20))
  return parsed.data
}

type Issue = z.core.$ZodIssue

/** Where a value may have one of several forms, what is wrong with the form that it comes closest to. */
function problemsOf(issues: readonly Issue[], above: readonly PropertyKey[] = []): FieldProblem[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path]
    const forms = issue.code === 'invalid_union' ? issue.errors.map((form) => problemsOf(form, path)) : []
    const nearest = forms.toSorted((a, b) => depthOf(b) - depthOf(a))[0]
    if (nearest && depthOf(nearest) > path.length) return nearest
    return [{ field: path.map(String).join('.'), message: issue.message }]
  })
}

function depthOf(problems: readonly FieldProblem[]): number {
  return Math.max(0, ...problems.map(({ field }) => (field === '' ? 0 : field.split('.').length)))
}
