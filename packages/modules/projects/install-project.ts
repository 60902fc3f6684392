import { newId, type TransactionContext } from '@guildhall/kernel'
import type { AgentDefinition, Blueprint } from './blueprint.ts'
import type { ProjectRow } from './find-project.ts'
import { sampleProject } from './jobs/sample-project.ts'
import { projects } from './schema.ts'
import { snapshotOf } from './snapshot.ts'

export interface InstallRequest {
  blueprint: Blueprint
  name: string
  sampleData: { seed: number; days: number } | null
}

/** Makes a project with its knowledge bases and agents; sample data follows as a job. All or nothing. */
export async function installProject(
  ctx: TransactionContext,
  { blueprint, name, sampleData }: InstallRequest,
): Promise<ProjectRow> {
  const id = newId()
  const knowledge: Record<string, string> = {}
  for (const { key, title } of blueprint.knowledge)
    knowledge[key] = (await ctx.services.knowledge.ensureBase(ctx, { key, title, projectId: id })).id
  const agents: Record<string, string> = {}
  for (const definition of blueprint.agents) {
    const installed = await ctx.services.agentInstaller.install(ctx, {
      projectId: id,
      origin: { blueprint: blueprint.id, key: definition.key, version: blueprint.version },
      definition,
      knowledgeBaseIds: basesOf(definition, knowledge),
    })
    agents[definition.key] = installed.id
  }
  const now = ctx.now()
  const row: ProjectRow = {
    tenantId: ctx.tenant.id,
    id,
    blueprintId: blueprint.id,
    blueprintVersion: blueprint.version,
    name,
    snapshot: snapshotOf(blueprint),
    overrides: {},
    knowledge,
    agents,
    demo: sampleData !== null,
    sampleState: sampleData === null ? 'none' : 'running',
    sampleError: null,
    createdAt: now,
    updatedAt: now,
  }
  await ctx.db.insert(projects).values(row)
  if (sampleData) ctx.enqueue(sampleProject, { projectId: id, ...sampleData })
  ctx.emit('project.created', { projectId: id, blueprint: blueprint.id, version: blueprint.version })
  return row
}

/** Ids of the bases that an agent knows, in the order of its definition. */
export function basesOf(definition: AgentDefinition, knowledge: Record<string, string>): string[] {
  return definition.knowledge.flatMap((key) => knowledge[key] ?? [])
}
