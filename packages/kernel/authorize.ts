import type { Caller } from './context.ts'
import { missingTenant } from './create-context.ts'
import { allows, type Requirement } from './permissions.ts'
import { forbidden, Problem, unauthenticated } from './problem.ts'

/** What operations and endpoints say about who may call them. */
interface Guarded {
  name: string
  permission: Requirement
  tenant?: 'any' | 'agency' | 'client' | 'none'
}

/** @throws Problem 401, 403 or 400 when this caller may not run this for the tenant that the request names. */
export function authorize(guarded: Guarded, caller: Caller): void {
  if (guarded.permission === 'public') return
  if (caller.actor.type === 'anonymous') throw unauthenticated()
  if (guarded.permission === 'authenticated') {
    if (guarded.tenant !== undefined && guarded.tenant !== 'none' && !caller.tenant) throw missingTenant()
    return
  }
  if (!caller.tenant || !caller.role) throw missingTenant()
  if (!allows(caller.role, caller.scopes, guarded.permission))
    throw forbidden(
      `${guarded.name} needs the permission ${guarded.permission}; your role here is ${caller.role}${caller.scopes ? ' with limited scopes' : ''}.`,
    )
  const wanted = guarded.tenant ?? 'any'
  if (wanted !== 'any' && wanted !== 'none' && wanted !== caller.tenant.kind)
    throw new Problem({
      status: 400,
      type: 'wrong-level',
      title: wanted === 'agency' ? 'Only for the agency' : 'Only for a client',
      detail:
        wanted === 'agency'
          ? 'This works for the agency. Leave out the header `x-guildhall-client`.'
          : 'This works for one client. Name it with the header `x-guildhall-client: <slug>`.',
    })
}
