import { createHash } from 'node:crypto'
import { allows, inputFields, isRead, type AnyOperation, type Role, type Tenant } from '@guildhall/kernel'

/** The most that an agent may do, whoever talks to it: administration stays with people. */
const agentRole: Role = 'member'

const roleOrder: readonly Role[] = ['viewer', 'member', 'admin', 'owner']

/** The role an agent acts with for somebody: never more than that person has. */
export function roleForAgent(person: Role): Role {
  return roleOrder.indexOf(person) < roleOrder.indexOf(agentRole) ? person : agentRole
}

/** Chats that an agent opens with agents would never end. */
const ownAreas = ['agents.', 'chats.', 'agent-tools.']

/** Why an operation cannot be a tool of an agent of this tenant; null when it can. */
export function toolProblem(operation: AnyOperation | undefined, name: string, tenant: Tenant): string | null {
  if (!operation) return `there is no operation ${name}; GET /api/agent-tools lists those that can be tools`
  const { permission } = operation
  if (operation.tool === false || permission === 'public' || permission === 'authenticated')
    return `${name} is not offered as a tool`
  if (ownAreas.some((area) => name.startsWith(area))) return `${name} is not offered to agents: they do not run agents`
  const level = operation.tenant ?? 'any'
  if (level !== 'any' && level !== tenant.kind)
    return `${name} works for ${level === 'agency' ? 'the agency' : 'a client'}, not for ${tenant.name}`
  if (!allows(agentRole, null, permission))
    return `${name} needs the permission ${permission}; an agent acts as ${agentRole} at most`
  return null
}

/** Longest name of a tool that providers accept (OpenAI API reference, `tools.function.name`). */
const longestName = 64

/** Providers allow letters, digits, `_` and `-`: a dot becomes `__`, and a name that is too long ends in a part of its hash. */
export function toolName(operationName: string): string {
  const name = operationName.replaceAll('.', '__').replaceAll(/[^A-Za-z0-9_-]/g, '_')
  if (name.length <= longestName) return name
  const hash = createHash('sha256').update(operationName).digest('hex').slice(0, 8)
  return `${name.slice(0, longestName - 9)}_${hash}`
}

export interface ToolDescription {
  name: string
  title: string
  description: string
  /** It changes something. */
  writes: boolean
  permission: string
  inputs: string[]
}

export function describeTool(operation: AnyOperation): ToolDescription {
  return {
    name: operation.name,
    title: operation.summary,
    description: operation.description ?? operation.summary,
    writes: !isRead(operation),
    permission: operation.permission,
    inputs: inputFields(operation),
  }
}
