import type { LanguageModelV4GenerateResult } from '@ai-sdk/provider'
import type { OpenedStream } from '../walk/first-content.ts'
import type { WholeBytes } from './ask-bytes.ts'
import type { ByteStream } from './byte-stream.ts'

/** What a target has given: its own bytes, or parts that are written in the caller's protocol. */
export type Passed =
  | WholeBytes
  | ByteStream
  | { kind: 'whole-parts'; result: LanguageModelV4GenerateResult }
  | { kind: 'part-stream'; opened: OpenedStream }
