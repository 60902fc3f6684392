import { APICallError } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { tellFailure } from './tell-failure.ts'

const refused = new APICallError({
  message: 'Incorrect API key sk-secret-1234 for org-Abc123456',
  url: 'https://desk.example.com/v1/chat',
  requestBodyValues: {},
  statusCode: 401,
  responseBody: '',
})
const unreachable = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:11434 (desk.example.com:8443)'), {
  code: 'ECONNREFUSED',
})
const connection = { apiKey: 'sk-secret-1234', baseUrl: 'https://desk.example.com:8443/v1' }

test('the key is told to nobody', () => {
  for (const source of ['own', 'agency', 'environment'] as const)
    expect(tellFailure(refused, { ...connection, source }).message).not.toContain('sk-secret')
})

test('the address and the account are told to their owner alone', () => {
  expect(tellFailure(unreachable, { ...connection, source: 'own' }).message).toContain('10.1.2.3:11434')
  expect(tellFailure(refused, { ...connection, source: 'own' }).message).toContain('org-Abc123456')
  for (const source of ['agency', 'environment'] as const) {
    const told = tellFailure(unreachable, { ...connection, source })
    expect(told).toMatchObject({ reason: 'refused', message: expect.stringContaining('[address]') })
    expect(told.message).not.toMatch(/10\.1\.2\.3|11434|desk\.example\.com/)
    expect(tellFailure(refused, { ...connection, source }).message).toMatch(/\[key\] for \[account\]/)
  }
})
