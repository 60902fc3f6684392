import { APICallError } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { AttemptTimeout, classifyFailure, retryAfterMs, StreamCut } from './classify-failure.ts'

const answered = (statusCode: number, responseBody = '', responseHeaders: Record<string, string> = {}) =>
  new APICallError({
    message: `status ${statusCode}`,
    url: 'https://models.example.com',
    requestBodyValues: {},
    statusCode,
    responseBody,
    responseHeaders,
  })
const broken = (code: string) =>
  new APICallError({
    message: 'Cannot connect to API',
    url: 'https://models.example.com',
    requestBodyValues: {},
    cause: Object.assign(new Error(code), { code }),
  })

for (const [what, error, reason, next, circuit] of [
  ['401', answered(401), 'key_rejected', 'next-target', 'connection'],
  ['402', answered(402), 'quota_exceeded', 'next-target', 'connection'],
  ['403', answered(403), 'key_rejected', 'next-target', 'connection'],
  ['404', answered(404), 'model_not_found', 'next-target', null],
  ['408', answered(408), 'timeout', 'retry', 'target'],
  ['413', answered(413), 'context_length', 'next-target', null],
  ['429', answered(429), 'rate_limited', 'retry', 'target'],
  [
    '429 of a spent account',
    answered(429, '{"error":{"code":"insufficient_quota"}}'),
    'quota_exceeded',
    'next-target',
    'connection',
  ],
  ['500', answered(500), 'server_error', 'retry', 'target'],
  ['529', answered(529), 'overloaded', 'retry', 'target'],
  ['400', answered(400, 'temperature is too high'), 'invalid_request', 'stop', null],
  ['422', answered(422), 'invalid_request', 'stop', null],
  [
    '400 of a long prompt',
    answered(400, '{"error":{"code":"context_length_exceeded"}}'),
    'context_length',
    'next-target',
    null,
  ],
  [
    '400 of a policy',
    answered(400, '{"error":{"code":"content_policy_violation"}}'),
    'content_policy',
    'next-target',
    null,
  ],
  [
    '400 of a wrong key',
    answered(400, 'API key not valid. Please pass a valid API key.'),
    'key_rejected',
    'next-target',
    'connection',
  ],
  ['200 that is not JSON', answered(200, '<html>'), 'bad_response', 'retry', 'target'],
  ['a refused connection', broken('ECONNREFUSED'), 'refused', 'retry', 'connection'],
  ['an unknown name', broken('ENOTFOUND'), 'refused', 'retry', 'connection'],
  ['a wrong certificate', broken('DEPTH_ZERO_SELF_SIGNED_CERT'), 'refused', 'next-target', 'connection'],
  ['a private address', broken('EPRIVATE'), 'address_refused', 'next-target', 'connection'],
  ['a reset after the request', broken('ECONNRESET'), 'cut', 'retry', 'target'],
  ['a stream that ends early', new StreamCut('ended'), 'cut', 'retry', 'target'],
  ['silence', new AttemptTimeout(5, 'first token'), 'timeout', 'next-target', 'target'],
  ['an error event', { message: 'Rate limit reached', code: 'rate_limit_exceeded' }, 'rate_limited', 'retry', 'target'],
  ['an unknown error event', { type: 'error' }, 'server_error', 'retry', 'target'],
] as const)
  test(`${what}: ${reason}, then ${next}`, () => {
    expect(classifyFailure(error)).toMatchObject({ reason, next, circuit })
  })

test('Retry-After is read as seconds, as a date and as milliseconds', () => {
  expect(retryAfterMs({ 'retry-after': '3' })).toBe(3000)
  expect(retryAfterMs({ 'retry-after': 'Wed, 21 Oct 2026 07:28:10 GMT' }, Date.parse('2026-10-21T07:28:00Z'))).toBe(
    10_000,
  )
  expect(retryAfterMs({ 'retry-after-ms': '250', 'retry-after': '9' })).toBe(250)
  expect(retryAfterMs({ 'retry-after': 'soon' })).toBeUndefined()
  expect(retryAfterMs({})).toBeUndefined()
})
