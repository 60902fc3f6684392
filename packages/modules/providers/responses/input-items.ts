import { z } from 'zod'

const noFileId = z.null({ error: 'is not supported; send the bytes as a data: URL, or an address' }).optional()

const InputPart = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('input_text'), text: z.string() }),
    z.object({ type: z.literal('output_text'), text: z.string() }),
    z.object({ type: z.literal('refusal'), refusal: z.string() }),
    z.object({ type: z.literal('input_image'), image_url: z.string().nullish(), file_id: noFileId }),
    z.object({
      type: z.literal('input_file'),
      filename: z.string().nullish(),
      file_data: z.string().nullish(),
      file_url: z.string().nullish(),
      file_id: noFileId,
    }),
    z.object({
      type: z.literal('input_audio'),
      input_audio: z.object({ data: z.string(), format: z.enum(['wav', 'mp3']) }),
    }),
  ],
  'must be input_text, input_image, input_file, input_audio, output_text or refusal',
)
export type InputPart = z.output<typeof InputPart>

const Content = z.union([z.string(), z.array(InputPart)])

const Message = z.object({
  type: z.literal('message').optional(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: Content,
})

const FunctionCall = z.object({
  type: z.literal('function_call'),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
})

const FunctionCallOutput = z.object({
  type: z.literal('function_call_output'),
  call_id: z.string(),
  output: Content,
})

const Reasoning = z.object({
  type: z.literal('reasoning'),
  id: z.string().optional(),
  summary: z.array(z.object({ text: z.string() })).default([]),
  encrypted_content: z.string().nullish(),
})

/** What a conversation is made of. A message may come without its type. */
export const InputItem = z.discriminatedUnion(
  'type',
  [Message.extend({ type: z.literal('message') }), FunctionCall, FunctionCallOutput, Reasoning],
  'is not supported; known are message, function_call, function_call_output and reasoning (with its encrypted_content)',
)
export type InputItem = z.output<typeof InputItem>

export const InputItems = z.array(
  z.preprocess(
    (item) => (typeof item === 'object' && item !== null && !('type' in item) ? { ...item, type: 'message' } : item),
    InputItem,
  ),
)
