import { z } from 'zod'

/** Anthropic's mark after which the prompt up to here is kept for a while. */
const CacheControl = z.object({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() }).nullish()
export type CacheControl = z.output<typeof CacheControl>

/** An open object: what a newer client adds and nobody here knows is left out. */
const block = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), cache_control: CacheControl, ...shape })

export const TextBlock = block('text', { text: z.string() })

const base64 = z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string() })
const url = z.object({ type: z.literal('url'), url: z.string() })
const noFile = 'must be `base64` or `url`; files by id are not supported, send the bytes'

export const ImageBlock = block('image', { source: z.discriminatedUnion('type', [base64, url], noFile) })

export const DocumentBlock = block('document', {
  source: z.discriminatedUnion(
    'type',
    [base64, url, z.object({ type: z.literal('text'), media_type: z.string().optional(), data: z.string() })],
    'must be `base64`, `url` or `text`; files by id and lists of content are not supported',
  ),
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: z.object({ enabled: z.literal(false, 'is not supported; leave it out').optional() }).nullish(),
})

export const ToolResultBlock = block('tool_result', {
  tool_use_id: z.string(),
  is_error: z.boolean().nullish(),
  content: z
    .union(
      [z.string(), z.array(z.discriminatedUnion('type', [TextBlock, ImageBlock, DocumentBlock]))],
      'must be a text, or a list of text, image and document blocks',
    )
    .nullish(),
})

const ToolUseBlock = block('tool_use', { id: z.string(), name: z.string(), input: z.unknown() })
const ThinkingBlock = z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().default('') })
const RedactedBlock = z.object({ type: z.literal('redacted_thinking'), data: z.string() })

const oneOf = 'is not supported here'
export const UserBlock = z.discriminatedUnion('type', [TextBlock, ImageBlock, DocumentBlock, ToolResultBlock], {
  error: `${oneOf}; a user turn may hold text, image, document and tool_result`,
})
export type UserBlock = z.output<typeof UserBlock>

export const AssistantBlock = z.discriminatedUnion('type', [TextBlock, ToolUseBlock, ThinkingBlock, RedactedBlock], {
  error: `${oneOf}; an assistant turn may hold text, tool_use, thinking and redacted_thinking`,
})
export type AssistantBlock = z.output<typeof AssistantBlock>
