import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'

/** Blocks of a stream that have begun and not ended, so that they can be ended in its place. */
export function openBlocks(): {
  add(part: LanguageModelV4StreamPart): void
  close(): LanguageModelV4StreamPart[]
} {
  const open = new Map<string, LanguageModelV4StreamPart>()
  return {
    add(part) {
      if (part.type === 'text-start') open.set(`text ${part.id}`, { type: 'text-end', id: part.id })
      else if (part.type === 'reasoning-start') open.set(`reasoning ${part.id}`, { type: 'reasoning-end', id: part.id })
      else if (part.type === 'tool-input-start') open.set(`tool ${part.id}`, { type: 'tool-input-end', id: part.id })
      else if (part.type === 'text-end') open.delete(`text ${part.id}`)
      else if (part.type === 'reasoning-end') open.delete(`reasoning ${part.id}`)
      else if (part.type === 'tool-input-end') open.delete(`tool ${part.id}`)
    },
    close() {
      const ends = [...open.values()]
      open.clear()
      return ends
    },
  }
}
