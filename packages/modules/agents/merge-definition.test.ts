import type { AgentDefinition } from '@guildhall/modules/projects'
import { expect, test } from 'vitest'
import { changeConfig, type AgentConfigChanges } from './agent-config.ts'
import { mergeDefinition } from './merge-definition.ts'

const before: AgentDefinition = {
  key: 'coach',
  name: 'Coach',
  description: 'Coaches',
  instructions: 'Coach them.',
  tools: ['calls.list', 'calls.old'],
  knowledge: ['training'],
  starters: ['How am I doing?'],
}
const after: AgentDefinition = {
  ...before,
  instructions: 'Coach them kindly.',
  tools: ['calls.list', 'calls.score'],
  knowledge: ['training', 'objections'],
  starters: ['What next?'],
}
const bases = ['base-training', 'base-objections']

function merge(mine: { name?: string; draft?: AgentConfigChanges } = {}) {
  const untouched = {
    instructions: before.instructions,
    tools: before.tools,
    starters: before.starters,
    knowledgeBaseIds: ['base-training'],
  }
  // Ids of bases are not checked here, so that they can be read.
  const { knowledgeBaseIds = [], ...rest } = { ...untouched, ...mine.draft }
  const config = { ...changeConfig(rest), knowledgeBaseIds }
  return mergeDefinition(
    { name: mine.name ?? before.name, description: before.description, config },
    before,
    after,
    bases,
  )
}

test('what nobody has touched follows the blueprint', () => {
  expect(merge()).toMatchObject({
    kept: [],
    config: {
      instructions: 'Coach them kindly.',
      tools: ['calls.list', 'calls.score'],
      knowledgeBaseIds: bases,
      starters: ['What next?'],
    },
  })
})

test('what the client changed stays, and is named', () => {
  const merged = merge({ name: 'Our coach', draft: { instructions: 'Be strict.' } })
  expect(merged).toMatchObject({ name: 'Our coach', config: { instructions: 'Be strict.', starters: ['What next?'] } })
  expect(merged.kept).toEqual(['name', 'instructions'])
})

test('tools and knowledge are merged one by one', () => {
  const merged = merge({ draft: { tools: ['calls.list', 'calls.old', 'mine.tool'], knowledgeBaseIds: ['base-own'] } })
  expect(merged.config.tools).toEqual(['calls.list', 'mine.tool', 'calls.score'])
  expect(merged.config.knowledgeBaseIds).toEqual(['base-own', 'base-objections'])
  expect(merged.kept).toEqual(['tools', 'knowledge'])
})

test('a tool that the client took away does not come back', () => {
  const merged = merge({ draft: { tools: ['calls.old'] } })
  expect(merged.config.tools).toEqual(['calls.score'])
  expect(merged.kept).toEqual(['tools'])
})
