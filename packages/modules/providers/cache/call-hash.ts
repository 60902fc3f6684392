import { digest } from '../request-hash.ts'
import type { CacheableCall } from './call-cache.ts'

type Place = Pick<CacheableCall, 'form' | 'route' | 'routeVersion' | 'projectId'>

/** SHA-256 of everything that makes two calls the same: form, route as it is now, project, and all that is asked. */
export function callHash(call: Place & Pick<CacheableCall, 'asked'>): string {
  return digest([call.form, call.route, call.routeVersion, call.projectId], call.asked)
}

/** SHA-256 of what two questions must have in common to be compared. */
export function contextHash(call: Place, context: unknown): string {
  return digest([call.form, call.route, call.routeVersion, call.projectId], context)
}
