import type { Context, RawExchange } from '@guildhall/kernel'

/** @returns false when all of the answer must be translated; nothing has been written then */
type Pass = (exchange: RawExchange, ctx: Context) => Promise<boolean>

/** Answers whose bytes go from the provider to the caller as they are, where both speak the same protocol. */
export interface PassThrough {
  /** OpenAI's chat completions. */
  chat: Pass
  /** OpenAI's responses. */
  responses: Pass
  /** Anthropic's messages. */
  messages: Pass
}

declare module '@guildhall/kernel' {
  interface Services {
    passThrough: PassThrough
  }
}
