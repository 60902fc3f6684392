import type { Role } from '@/api/types'

/** Roles from the least to the most, with what they may do. */
export const roles: { value: Role; label: string; description: string }[] = [
  { value: 'viewer', label: 'Viewer', description: 'Sees everything, changes nothing' },
  { value: 'member', label: 'Member', description: 'Works with records, knowledge and agents' },
  { value: 'admin', label: 'Admin', description: 'Also people, keys, providers and publishing' },
  { value: 'owner', label: 'Owner', description: 'Everything, including giving it away' },
]

/** Nobody hands out more than they have. */
export function rolesUpTo(role: Role | undefined) {
  const rank = roles.findIndex((entry) => entry.value === role)
  return roles.slice(0, rank + 1)
}
