import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { compressedJson } from './compressed-json.ts'

const list = { items: Array.from({ length: 200 }, (_, index) => ({ id: index, title: 'A call about the price' })) }
const asked = (headers: Record<string, string>) => new Request('http://guildhall.test/api/calls', { headers })

describe('an answer to a read', () => {
  it('is compressed for a program and for our own page, and says the same', async () => {
    for (const site of [{}, { 'sec-fetch-site': 'same-origin' }]) {
      const { body, encoding } = await compressedJson(asked({ 'accept-encoding': 'gzip, br', ...site }), list)
      expect(encoding).toBe('gzip')
      if (typeof body === 'string') throw new Error('it was not compressed')
      expect(body.length).toBeLessThan(JSON.stringify(list).length / 5)
      expect(JSON.parse(gunzipSync(body).toString())).toEqual(list)
    }
  })
  it('is not compressed for what another site made a browser ask', async () => {
    for (const site of ['cross-site', 'same-site', 'none'])
      expect(
        (await compressedJson(asked({ 'accept-encoding': 'gzip', 'sec-fetch-site': site }), list)).encoding,
      ).toBeNull()
  })
  it('is not compressed where nobody can read it', async () => {
    for (const accepted of [{}, { 'accept-encoding': 'br' }, { 'accept-encoding': 'gzip;q=0, br' }])
      expect((await compressedJson(asked(accepted), list)).encoding).toBeNull()
  })
  it('is left as it is when it is small', async () => {
    expect(await compressedJson(asked({ 'accept-encoding': 'gzip' }), { id: 1 })).toEqual({
      body: '{"id":1}',
      encoding: null,
    })
  })
})
