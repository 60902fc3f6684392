import { defineModule } from '@guildhall/kernel'
import type { Blueprint } from './blueprint.ts'
import { checkBlueprint } from './check-blueprint.ts'
import { createCollectionSource, createProjects, projectNames } from './create-projects.ts'
import { sampleProject as fillProject } from './jobs/sample-project.ts'
import { createProject } from './operations/create-project.ts'
import { getProject } from './operations/get-project.ts'
import { listBlueprints } from './operations/list-blueprints.ts'
import { listProjects } from './operations/list-projects.ts'
import { previewUpgrade } from './operations/preview-upgrade.ts'
import { removeProject } from './operations/remove-project.ts'
import { sampleProject } from './operations/sample-project.ts'
import { updateProject } from './operations/update-project.ts'
import { upgradeProject } from './operations/upgrade-project.ts'

export * from './agent-installer.ts'
export * from './blueprint.ts'

/**
 * Projects of clients, made from blueprints. Serves the blueprints' own operations and jobs as well. Stands behind files
 * and records in the composition, whose ports it fills with buckets and collections.
 */
export function projectsModule(blueprints: readonly Blueprint[]) {
  return defineModule({
    name: 'projects',
    operations: [
      listBlueprints,
      listProjects,
      createProject,
      getProject,
      updateProject,
      removeProject,
      sampleProject,
      previewUpgrade,
      upgradeProject,
      ...blueprints.flatMap((blueprint) => blueprint.operations),
    ],
    jobs: [fillProject, ...blueprints.flatMap((blueprint) => blueprint.jobs ?? [])],
    services(runtime) {
      for (const blueprint of blueprints) {
        checkBlueprint(blueprint, runtime.services.records)
        for (const bucket of blueprint.buckets) runtime.services.files.registerBucket(bucket)
      }
      return { projects: createProjects(blueprints), collections: createCollectionSource(), projectNames }
    },
  })
}
