import { load, type CheerioAPI } from 'cheerio'
import { corrupt } from './document-error.ts'
import { decodeText } from './decode-text.ts'

/**
 * One XML part of an Office document. A document type declaration is refused before anything parses the part: ECMA-376 part 2 (XML usage)
 * forbids it, and without one there are no entities to expand or fetch.
 */
export function parseXmlPart(name: string, bytes: Uint8Array): CheerioAPI {
  return load(checkedXml(name, bytes), { xml: true })
}

/** @throws DocumentError `corrupt` when the part declares a document type or entities */
function checkedXml(name: string, bytes: Uint8Array): string {
  const { text } = decodeText(bytes)
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) {
    throw corrupt(
      `"${name}" inside the file declares a document type or entities, which Office documents must not contain.`,
    )
  }
  return text
}

/** Parts that a library will parse: each is checked, none is parsed here. */
export function assertXmlParts(files: Map<string, Uint8Array>): void {
  for (const [name, bytes] of files) {
    if (/\.(xml|rels|vml)$/i.test(name)) checkedXml(name, bytes)
  }
}
