import { Buffer } from 'node:buffer'
import mammoth from 'mammoth'
import { readArchive, repack } from './archive.ts'
import { corrupt } from './document-error.ts'
import type { ReadResult } from './document.ts'
import { htmlBlocks } from './html-blocks.ts'
import type { ParsingLimits } from './limits.ts'
import { assertXmlParts, parseXmlPart } from './xml.ts'
import { collapse } from './dom.ts'

/** Reads a Word document: headings by style, paragraphs, lists, tables, foot- and endnotes. Pictures are left out. */
export async function readDocx(bytes: Uint8Array, limits: ParsingLimits): Promise<ReadResult> {
  const archive = await readArchive(bytes, (name) => /\.(xml|rels)$/i.test(name), limits)
  assertXmlParts(archive.files)
  const html = await convert(repack(archive.files))
  const title = documentTitle(archive.files)
  const embedded = archive.names.filter((name) => /^word\/embeddings\/./.test(name))
  return {
    ...(title ? { title } : {}),
    blocks: htmlBlocks(html.value).blocks,
    warnings: [
      ...html.errors,
      ...(embedded.length > 0
        ? [`${embedded.length} embedded file(s) were not read: ${embedded.map((name) => name.slice(16)).join(', ')}.`]
        : []),
    ],
  }
}

async function convert(docx: Uint8Array): Promise<{ value: string; errors: string[] }> {
  try {
    const result = await mammoth.convertToHtml(
      { buffer: Buffer.from(docx.buffer, docx.byteOffset, docx.byteLength) },
      {
        convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })),
        styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"],
        externalFileAccess: false,
      },
    )
    // mammoth's warnings name styles that it does not map; no text is lost by those.
    return {
      value: result.value,
      errors: result.messages.filter((message) => message.type === 'error').map((message) => message.message),
    }
  } catch (error) {
    throw corrupt('The Word document is damaged: its main part cannot be read.', error)
  }
}

/** The title in the file's properties, shared by all Office formats. */
export function documentTitle(files: Map<string, Uint8Array>): string | null {
  const properties = files.get('docProps/core.xml')
  if (!properties) return null
  return collapse(parseXmlPart('docProps/core.xml', properties)('dc\\:title').first().text()) || null
}
