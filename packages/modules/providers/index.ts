import { createProvidersModule } from './module.ts'

export type * from './administration.ts'
export type * from './agent-completions.ts'
export type * from './gateway.ts'
export type * from './media/media-models.ts'
export { extractiveModel, extractiveProvider } from './extractive.ts'
export { cachedAnswers, providerChains, providerConnections } from './schema.ts'
export * as providersSchema from './schema.ts'

export const providersModule = createProvidersModule()
