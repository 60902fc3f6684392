import { invalidInput, operation } from '@guildhall/kernel'
import { z } from 'zod'
import { installProject } from '../install-project.ts'
import { describeProject, ProjectOutput } from '../project-output.ts'

export const createProject = operation({
  name: 'projects.create',
  summary: 'Create a project from a blueprint',
  description:
    'Makes its knowledge bases and agents at once; sample data, when asked for, follows in the background (see `sample`).',
  route: 'POST /projects',
  permission: 'projects:write',
  status: 201,
  emits: ['project.created'],
  input: z.object({
    blueprint: z.string().max(100).describe('Id of a blueprint'),
    name: z.string().trim().min(1).max(80).optional().describe('Default: the title of the blueprint'),
    sampleData: z.boolean().default(false).describe('Fill it with licence-free sample data of the last 90 days'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1)
      .describe('The same seed gives the same sample data'),
  }),
  output: ProjectOutput,
  async run({ blueprint: blueprintId, name, sampleData, seed }, ctx) {
    const blueprints = ctx.services.projects.blueprints()
    const blueprint = blueprints.find((each) => each.id === blueprintId)
    if (!blueprint)
      throw invalidInput([
        { field: 'blueprint', message: `must be one of ${blueprints.map((each) => each.id).join(', ')}` },
      ])
    const project = await installProject(ctx, {
      blueprint,
      name: name ?? blueprint.title,
      sampleData: sampleData ? { seed, days: 90 } : null,
    })
    ctx.audit({
      targets: [{ type: 'project', id: project.id, name: project.name }],
      metadata: { blueprint: blueprint.id, version: blueprint.version },
    })
    return describeProject(project, blueprints)
  },
})
