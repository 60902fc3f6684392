import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inlineFiles } from './inline-files.ts'

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'image/png' }).end('bytes')
})
let url: URL
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  url = new URL(`http://127.0.0.1:${String(port)}/a.png`)
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const picture = () => ({ type: 'file' as const, mediaType: 'image/*', data: { type: 'url' as const, url } })

test('files by address become bytes, in turns of the user and in answers of tools', async () => {
  const prompt: LanguageModelV4Prompt = [
    { role: 'user', content: [{ type: 'text', text: 'Look' }, picture()] },
    {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: '1', toolName: 'see', output: { type: 'content', value: [picture()] } },
      ],
    },
  ]
  const file = {
    type: 'file',
    mediaType: 'image/png',
    data: { type: 'data', data: new Uint8Array(Buffer.from('bytes')) },
  }
  expect(await inlineFiles(prompt, new Set([url.host]))).toMatchObject([
    { content: [{ text: 'Look' }, file] },
    { content: [{ output: { value: [file] } }] },
  ])
})

test('a private address that the operator has not allowed is refused, wherever it stands', async () => {
  const inTool: LanguageModelV4Prompt = [
    {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: '1', toolName: 'see', output: { type: 'content', value: [picture()] } },
      ],
    },
  ]
  await expect(inlineFiles(inTool, new Set())).rejects.toMatchObject({ status: 400 })
})

test('no request has more than 20 of them fetched', async () => {
  const content = Array.from({ length: 21 }, picture)
  await expect(inlineFiles([{ role: 'user', content }], new Set([url.host]))).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('more than 20 files'),
  })
})
