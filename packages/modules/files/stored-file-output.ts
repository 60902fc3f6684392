import { Timestamp } from '@guildhall/kernel'
import { z } from 'zod'

/** A file as it goes over the wire. */
export const StoredFileOutput = z
  .object({
    id: z.uuid(),
    name: z.string(),
    bucket: z.string(),
    mediaType: z.string().describe('By content, not by what the sender said'),
    size: z.int().describe('Bytes'),
    sha256: z.string().describe('SHA-256 of the bytes, hexadecimal'),
    projectId: z.uuid().nullable(),
    createdAt: Timestamp,
    createdByName: z.string().optional(),
  })
  .meta({ id: 'File' })
