import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'

/** The words of a message: its text parts, and what tools answered in words. */
export function messageText(message: LanguageModelV4Message): string {
  if (message.role === 'system') return message.content
  return message.content
    .flatMap((part) => {
      if (part.type === 'text') return [part.text]
      if (part.type !== 'tool-result') return []
      const { output } = part
      if (output.type === 'text') return [output.value]
      return output.type === 'content' ? output.value.flatMap((item) => (item.type === 'text' ? [item.text] : [])) : []
    })
    .join('\n')
}

/** All words of a prompt, for estimates of its length. */
export function promptText(prompt: LanguageModelV4Prompt): string {
  return prompt.map(messageText).join('\n')
}
