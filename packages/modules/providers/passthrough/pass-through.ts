import type { Context, RawExchange } from '@guildhall/kernel'

/** Answers whose bytes go from the provider to the caller as they are. */
export interface PassThrough {
  /** Chat completions of OpenAI's dialect. @returns false when the answer must be translated; nothing has been written then */
  chat(exchange: RawExchange, ctx: Context): Promise<boolean>
}

declare module '@guildhall/kernel' {
  interface Services {
    passThrough: PassThrough
  }
}
