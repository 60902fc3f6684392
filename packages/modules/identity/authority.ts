import { allows, forbidden, invalidInput, mayGrant, type Caller, type Role } from '@guildhall/kernel'

/** @throws Problem 403 when the caller would hand out, or take away, more than they have. */
export function requireAuthorityOver(caller: Caller, role: Role, field = 'role'): void {
  if (caller.role && mayGrant(caller.role, role)) return
  throw forbidden(
    `${field}: your role here is ${caller.role ?? 'none'}, so you cannot give or change the role ${role}. Ask somebody who has it.`,
  )
}

const scopePattern = /^(\*|[a-z][a-z-]*):(read|use|write|admin|owner)$/

/**
 * @throws Problem 400 for a scope that is not of the form `area:level`, 403 for one that goes beyond the caller's own
 * (a key that makes keys must not widen itself).
 */
export function requireScopesWithin(caller: Caller, scopes: readonly string[] | null): void {
  for (const [index, scope] of (scopes ?? []).entries())
    if (!scopePattern.test(scope))
      throw invalidInput([
        { field: `scopes.${index}`, message: 'must be area:level, for instance files:read, or *:level' },
      ])
  const { scopes: own, role } = caller
  if (own === null || role === null) return
  if (scopes === null) throw forbidden('scopes: your key is narrowed by scopes; a key that it makes must be too.')
  for (const scope of scopes) {
    const [area = '', level = ''] = scope.split(':')
    const covered =
      area === '*'
        ? own.some((mine) => mine.startsWith('*:') && levelOf(mine) >= levelOf(scope))
        : allows(role, own, scopeAsPermission(area, level))
    if (!covered) throw forbidden(`scopes: ${scope} goes beyond the scopes of your key (${own.join(', ')}).`)
  }
}

const levels = ['read', 'use', 'write', 'admin', 'owner'] as const

function levelOf(scope: string): number {
  return levels.findIndex((level) => scope.endsWith(`:${level}`))
}

/** The pattern above has been checked, so the second part is a level. */
function scopeAsPermission(area: string, level: string): `${string}:${(typeof levels)[number]}` {
  return `${area}:${level as (typeof levels)[number]}`
}
