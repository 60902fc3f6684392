import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allows, roles, type Permission } from './permissions.ts'

const level = fc.constantFrom('read', 'use', 'write', 'admin', 'owner')
const area = fc.constantFrom('projects', 'records', 'members')
const permission = fc.tuple(area, level).map(([a, l]) => `${a}:${l}` as Permission)
const scope = fc.tuple(fc.constantFrom('*', 'projects', 'records', 'members'), level).map(([a, l]) => `${a}:${l}`)

describe('a role', () => {
  it('allows whatever a weaker one allows', () => {
    fc.assert(
      fc.property(permission, fc.nat(2), (wanted, at) => {
        const weaker = roles[at]
        const stronger = roles[at + 1]
        return !(weaker && stronger && allows(weaker, null, wanted)) || allows(stronger, null, wanted)
      }),
    )
  })
  it('is never widened by the scopes of a key', () => {
    fc.assert(
      fc.property(fc.constantFrom(...roles), fc.array(scope), permission, (role, scopes, wanted) => {
        return !allows(role, scopes, wanted) || allows(role, null, wanted)
      }),
    )
  })
  it('with no scope at all may do nothing', () => {
    expect(allows('owner', [], 'projects:read')).toBe(false)
  })
  it('reads as a viewer and does not write', () => {
    expect(allows('viewer', null, 'records:read')).toBe(true)
    expect(allows('viewer', null, 'records:use')).toBe(false)
    expect(allows('member', null, 'records:write')).toBe(true)
    expect(allows('member', null, 'members:admin')).toBe(false)
  })
  it('refuses a permission that nobody has defined', () => {
    expect(() => allows('owner', null, 'records:everything' as Permission)).toThrow('area:level')
  })
})
