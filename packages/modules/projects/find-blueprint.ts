import { Problem, type Context } from '@guildhall/kernel'
import type { Blueprint } from './blueprint.ts'

/** @throws Problem 409 when this version of the program no longer brings the blueprint of a project. */
export function blueprintOf(ctx: Context, project: { blueprintId: string }): Blueprint {
  const blueprint = ctx.services.projects.blueprints().find((each) => each.id === project.blueprintId)
  if (blueprint) return blueprint
  throw new Problem({
    status: 409,
    type: 'blueprint-missing',
    title: 'The blueprint is not here',
    detail: `This installation has no blueprint ${project.blueprintId} any more. The project stays as it is.`,
  })
}
