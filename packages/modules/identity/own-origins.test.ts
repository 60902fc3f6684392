import { expect, test } from 'vitest'
import { trustedOrigins } from './own-origins.ts'

const at = (url: string) => new Request(url)

test('a public installation trusts its own origin and the host that was asked', () => {
  const origins = trustedOrigins('https://agency.example', at('https://agency.example/api/auth/sign-in/email'))
  expect(new Set(origins)).toEqual(new Set(['https://agency.example', 'http://agency.example']))
  expect(trustedOrigins('https://agency.example', undefined)).toEqual(['https://agency.example'])
})

test('a local one is the same under each name of the machine, on its port only', () => {
  const origins = trustedOrigins('http://127.0.0.1:4100', undefined)
  expect(origins).toEqual(['http://localhost:4100', 'http://127.0.0.1:4100', 'http://[::1]:4100'])
  expect(origins).not.toContain('http://localhost:3000')
})
