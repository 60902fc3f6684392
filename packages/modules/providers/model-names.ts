import type { ModelNames } from '@guildhall/modules/limits'
import { extractiveModel } from './extractive.ts'
import type { GatewayState } from './gateway-state.ts'
import { isProviderKind } from './kinds.ts'
import { defaultModel, isKnownModel } from './routes/resolve-chain.ts'

/** Which routes and models limits may name. */
export function createModelNames(state: GatewayState): ModelNames {
  const known: ModelNames['canBeAsked'] = async (ctx, name) =>
    isKnownModel(name, { ...(await state.providers.of(ctx)), fetch: state.fetch })
  return {
    canBeAsked: known,
    async isKnown(ctx, pattern) {
      const { connections, routes } = await state.providers.of(ctx)
      const slash = pattern.indexOf('/')
      const provider = pattern.slice(0, slash)
      // Models come and go, and a key may be limited before the connection is made.
      if (slash > 0 && (isProviderKind(provider) || connections.some(({ slug }) => slug === provider))) return true
      if (!pattern.endsWith('*')) return known(ctx, pattern)
      const beginning = pattern.slice(0, -1)
      const names = [
        defaultModel,
        extractiveModel,
        ...routes.map(({ alias }) => alias),
        ...connections.flatMap(({ slug, models }) => [`${slug}/`, ...models]),
      ]
      return names.some((name) => name.startsWith(beginning))
    },
  }
}
