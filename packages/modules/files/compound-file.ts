/** What a compound file (MS-CFB) holds that is named like an Office document of today. */
export type CompoundContent = 'encrypted' | 'old-format' | 'unknown'

/** Names of streams in the directory of the container, UTF-16 (MS-OFFCRYPTO 1.3.1; MS-DOC, MS-XLS and MS-PPT 2.1). */
const encrypted = utf16('EncryptedPackage')
const oldStreams = ['WordDocument', 'Workbook', 'Book', 'PowerPoint Document'].map(utf16)

/**
 * A password turns a DOCX, XLSX or PPTX into a compound file. The name of a stream fills its entry from the beginning, so
 * an entry is recognised by name and end. The directory may lie anywhere: in a large file it can be beyond the sample.
 */
export function contentOfCompoundFile(sample: Buffer): CompoundContent {
  if (sample.includes(encrypted)) return 'encrypted'
  return oldStreams.some((name) => sample.includes(name)) ? 'old-format' : 'unknown'
}

function utf16(name: string): Buffer {
  return Buffer.from(`${name}\0`, 'utf16le')
}
