import type { TransactionContext } from '@guildhall/kernel'
import type { CollectionDefinition } from '@guildhall/modules/projects'

/** Where collections come from: a project's blueprint with the client's overrides. */
export interface CollectionSource {
  /** The definition in force. @throws Problem 404 when the tenant has no such project or the project no such collection. */
  collection(ctx: TransactionContext, projectId: string, key: string): Promise<CollectionDefinition>
}

declare module '@guildhall/kernel' {
  interface Services {
    collections: CollectionSource
  }
}
