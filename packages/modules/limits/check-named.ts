import { invalidInput, isId, type FieldProblem, type TransactionContext } from '@guildhall/kernel'
import type { Budget } from './book.ts'
import { namesOf } from './subjects.ts'

const required: Record<Exclude<Budget['scope'], 'tenant'>, string> = {
  client: 'must be the id of a client of this agency',
  key: 'must be the id of an API key of this tenant',
  project: 'must be the id of a project of this tenant',
  agent: 'must be the id of an agent of this tenant',
  user: 'must be the id of a person of this tenant or its agency',
}

interface Named {
  field: string
  scope: keyof typeof required
  /** Null = nobody is named. */
  id: string | null
}

/** What is wrong with ids that an input names. Whether one is unknown or somebody else's is the same to the caller. */
export async function unknownSubjects(ctx: TransactionContext, named: readonly Named[]): Promise<FieldProblem[]> {
  const problems: FieldProblem[] = []
  for (const { field, scope, id } of named) {
    if (id === null) continue
    // How the ids of people look is up to the accounts.
    const known = scope === 'user' || isId(id) ? await namesOf(ctx, scope, [id]) : new Map<string, string>()
    if (known && !known.has(id)) problems.push({ field, message: required[scope] })
  }
  return problems
}

/** @throws Problem 400 naming each field that holds the id of nobody, or of somebody else's */
export async function requireSubjects(ctx: TransactionContext, named: readonly Named[]): Promise<void> {
  refuse(await unknownSubjects(ctx, named))
}

/** What is wrong with a route or model that is to be asked. */
export async function unknownModel(ctx: TransactionContext, field: string, name: string): Promise<FieldProblem[]> {
  const models = ctx.services.modelNames
  if (!models || (await models.canBeAsked(ctx, name))) return []
  return [{ field, message: 'must be a route, or a model of a connection, that can be asked here' }]
}

/** What is wrong with a list of routes and models that may be asked. */
export async function unknownPatterns(
  ctx: TransactionContext,
  field: string,
  patterns: readonly string[],
): Promise<FieldProblem[]> {
  const models = ctx.services.modelNames
  if (!models) return []
  const problems: FieldProblem[] = []
  for (const [index, pattern] of patterns.entries())
    if (!(await models.isKnown(ctx, pattern)))
      problems.push({
        field: `${field}.${String(index)}`,
        message: 'must be a route, a model as `provider/model`, or the beginning of one with a trailing `*`',
      })
  return problems
}

/** @throws Problem 400 naming each field */
export function refuse(problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw invalidInput([...problems])
}
