import { expect, test } from 'vitest'
import { roleForAgent, toolName } from './agent-tools.ts'

test('names of tools are those that providers accept, and differ where operations differ', () => {
  expect(toolName('records.list')).toBe('records__list')
  expect(toolName('sales-call-coach.analyze-call')).toBe('sales-call-coach__analyze-call')
  const long = `${'very-long-area'.repeat(6)}.verb`
  expect(toolName(`${long}-a`)).toMatch(/^[A-Za-z0-9_-]{64}$/)
  expect(toolName(`${long}-a`)).not.toBe(toolName(`${long}-b`))
})

test('an agent has no more rights than the person it talks to, and never those of an administrator', () => {
  expect(roleForAgent('viewer')).toBe('viewer')
  expect(roleForAgent('member')).toBe('member')
  expect(roleForAgent('owner')).toBe('member')
})
