import { createHash } from 'node:crypto'
import type { CacheableCall } from './call-cache.ts'

type Place = Pick<CacheableCall, 'form' | 'route' | 'routeVersion' | 'projectId'>

/** SHA-256 of everything that makes two calls the same: form, route as it is now, project, and all that is asked. */
export function callHash(call: Place & Pick<CacheableCall, 'asked'>): string {
  return digest([call.form, call.route, call.routeVersion, call.projectId, call.asked])
}

/** SHA-256 of what two questions must have in common to be compared. */
export function contextHash(call: Place, context: unknown): string {
  return digest([call.form, call.route, call.routeVersion, call.projectId, context])
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value, canonical) ?? '')
    .digest('base64url')
}

/** Members in one order, bytes by their hash; what is undefined is as good as left out. */
function canonical(_key: string, member: unknown): unknown {
  if (member instanceof Uint8Array) return { sha256: createHash('sha256').update(member).digest('base64url') }
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
  return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
