import type { CollectionDefinition, MemberSchema } from '@guildhall/modules/projects'

/** What a member holds, as far as comparing, sorting and reading it from text goes. */
export type MemberKind = 'text' | 'number' | 'boolean' | 'date' | 'date-time' | 'list' | 'object'

export function kindOf(member: MemberSchema): MemberKind {
  const types = typesOf(member)
  if (types.includes('array')) return 'list'
  if (types.includes('object')) return 'object'
  if (types.length > 0 && types.every((type) => type === 'number' || type === 'integer')) return 'number'
  if (types.length > 0 && types.every((type) => type === 'boolean')) return 'boolean'
  if (member.format === 'date' || member.format === 'date-time') return member.format
  if (types.length === 0 && member.enum?.every((value) => typeof value === 'number')) return 'number'
  return 'text'
}

export function allowsNull(member: MemberSchema | undefined): boolean {
  if (!member) return true
  if (Array.isArray(member.type)) return member.type.includes('null')
  return member.type === undefined && (member.enum === undefined || member.enum.includes(null))
}

function typesOf(member: MemberSchema): string[] {
  const types = member.type === undefined ? [] : Array.isArray(member.type) ? member.type : [member.type]
  return types.filter((type) => type !== 'null')
}

/** Moments that each record has beside its data. */
export type Moment = 'createdAt' | 'updatedAt'

export function isMoment(name: string): name is Moment {
  return name === 'createdAt' || name === 'updatedAt'
}

/** Own member of the schema, so that `constructor` is none. */
export function memberOf(definition: CollectionDefinition, name: string): MemberSchema | undefined {
  return Object.hasOwn(definition.schema.properties, name) ? definition.schema.properties[name] : undefined
}
