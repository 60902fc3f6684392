import type { AgentDefinition } from '@guildhall/modules/projects'
import { isDeepStrictEqual } from 'node:util'
import type { AgentConfig } from './agent-config.ts'

export interface DefinedAgent {
  name: string
  description: string
  config: AgentConfig
}

/**
 * Three-way merge of an agent as the client has it (`mine`) with the step from `before` to `after` of its blueprint:
 * what the client has not touched follows the blueprint, what they changed stays; tools and knowledge are merged one
 * by one.
 *
 * @param baseIds ids of the bases that `after.knowledge` names, in that order
 * @returns the merged agent, and the members that differ from the blueprint because the client wanted so
 */
export function mergeDefinition(
  mine: DefinedAgent,
  before: AgentDefinition,
  after: AgentDefinition,
  baseIds: readonly string[],
): DefinedAgent & { kept: string[] } {
  const kept: string[] = []
  function pick<T>(member: string, own: T, was: T, will: T): T {
    if (isDeepStrictEqual(own, was) || isDeepStrictEqual(own, will)) return will
    kept.push(member)
    return own
  }
  function mergeList(member: string, own: string[], was: readonly string[], will: readonly string[]): string[] {
    const dropped = was.filter((item) => !will.includes(item))
    const added = will.filter((item) => !was.includes(item) && !own.includes(item))
    const merged = [...own.filter((item) => !dropped.includes(item)), ...added]
    if (new Set(merged).symmetricDifference(new Set(will)).size > 0) kept.push(member)
    return merged
  }
  const { config } = mine
  // Bases that only `before` named cannot be told from the client's own, and stay.
  const basesBefore = baseIds.filter((_id, index) => before.knowledge.includes(after.knowledge[index] ?? ''))
  return {
    name: pick('name', mine.name, before.name, after.name),
    description: pick('description', mine.description, before.description, after.description),
    config: {
      ...config,
      instructions: pick('instructions', config.instructions, before.instructions, after.instructions),
      starters: pick('starters', config.starters, before.starters, after.starters),
      tools: mergeList('tools', config.tools, before.tools, after.tools),
      knowledgeBaseIds: mergeList('knowledge', config.knowledgeBaseIds, basesBefore, baseIds),
    },
    kept,
  }
}
