import { expect, test } from 'vitest'
import { cacheControlOf } from './cache-control.ts'

const of = (value: string) => cacheControlOf(new Headers({ 'cache-control': value }))

test('no-store says more than no-cache, and other directives say nothing', () => {
  expect(of('no-cache')).toBe('no-cache')
  expect(of('max-age=0, No-Cache')).toBe('no-cache')
  expect(of('no-cache, no-store')).toBe('no-store')
  expect(of('max-age=60')).toBeNull()
  expect(of('x-no-store')).toBeNull()
  expect(cacheControlOf(new Headers())).toBeNull()
})
