/**
 * What an operation asks for: an area and a level. Levels are totally ordered, so a higher role can do
 * whatever a lower one can, by construction.
 */
type Level = 'read' | 'use' | 'write' | 'admin' | 'owner'
export type Permission = `${string}:${Level}`
/** `public` needs no caller at all; `authenticated` any caller, with or without a tenant. */
export type Requirement = Permission | 'public' | 'authenticated'

export const roles = ['viewer', 'member', 'admin', 'owner'] as const
export type Role = (typeof roles)[number]

const order: readonly Level[] = ['read', 'use', 'write', 'admin', 'owner']
const highest: Record<Role, Level> = { viewer: 'read', member: 'write', admin: 'admin', owner: 'owner' }

function parts(permission: Permission): { area: string; level: Level } {
  const [area = '', level = ''] = permission.split(':')
  const known = order.find((candidate) => candidate === level)
  if (!area || !known) throw new Error(`Permission ${permission} is not of the form area:level (${order.join(', ')})`)
  return { area, level: known }
}

/**
 * Whether a role, narrowed by the scopes of an API key when there are any, covers a permission.
 * A scope is `area:level` or `*:level` and covers that level and those below it.
 */
export function allows(role: Role, scopes: readonly string[] | null, permission: Permission): boolean {
  const wanted = parts(permission)
  const rank = order.indexOf(wanted.level)
  if (rank > order.indexOf(highest[role])) return false
  if (scopes === null) return true
  return scopes.some((scope) => {
    const [area, level] = scope.split(':')
    const scopeRank = order.findIndex((candidate) => candidate === level)
    return (area === '*' || area === wanted.area) && scopeRank >= rank
  })
}

/** The stronger of two roles. */
export function strongest(a: Role | null, b: Role | null): Role | null {
  if (a === null) return b
  if (b === null) return a
  return roles.indexOf(a) >= roles.indexOf(b) ? a : b
}

/** Whether `actor` may hand out `role`: nobody gives more than they have. */
export function mayGrant(actor: Role, role: Role): boolean {
  return roles.indexOf(actor) >= roles.indexOf(role)
}
