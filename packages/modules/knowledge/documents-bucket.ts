import type { Bucket } from '@guildhall/modules/files'
import { mediaTypes } from './parsing/document.ts'
import { defaultLimits } from './parsing/limits.ts'

/** Documents that become knowledge: every type that can be read, the Office files with macros too. */
export const documentsBucket: Bucket = {
  name: 'documents',
  title: 'Documents',
  accept: [
    ...Object.values(mediaTypes),
    'text/tab-separated-values',
    'application/vnd.ms-word.document.macroenabled.12',
    'application/vnd.ms-excel.sheet.macroenabled.12',
    'application/vnd.ms-powerpoint.presentation.macroenabled.12',
  ],
  maxBytes: defaultLimits.maxBytes,
}
