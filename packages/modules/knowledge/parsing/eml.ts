import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime'
import { corrupt, DocumentError } from './document-error.ts'
import type { Block, ReadResult } from './document.ts'
import { htmlBlocks } from './html-blocks.ts'
import { textParagraphs } from './plain-text.ts'

/** Reads an attachment; passed in because a reader must not import the dispatcher that calls it. */
export type ReadAttachment = (bytes: Uint8Array, filename: string) => Promise<ReadResult>

/**
 * Reads an e-mail message (RFC 5322, MIME): subject, sender, date, body. Attachments are read one level deep; a message inside the message and
 * attachments that cannot be read are named in the warnings.
 */
export async function readEml(bytes: Uint8Array, readAttachment: ReadAttachment): Promise<ReadResult> {
  const email = await parse(bytes)
  const blocks: Block[] = []
  const warnings: string[] = []
  if (email.subject) blocks.push({ kind: 'heading', level: 1, text: email.subject })
  const header = envelope(email)
  if (header) blocks.push({ kind: 'paragraph', text: header })
  blocks.push(...body(email))
  for (const [index, attachment] of email.attachments.entries()) {
    const filename = attachment.filename ?? `attachment ${index + 1}`
    // Pictures placed in the text (logos, signatures) are part of the message's look, not a document.
    if (attachment.disposition === 'inline' || attachment.related) continue
    if (attachment.mimeType === 'message/rfc822' || /\.eml$/i.test(filename)) {
      warnings.push(`Attachment "${filename}" was not read: it is a message inside the message.`)
      continue
    }
    try {
      const read = await readAttachment(content(attachment), filename)
      blocks.push({ kind: 'heading', level: 2, text: `Attachment: ${filename}` }, ...read.blocks)
      warnings.push(...read.warnings.map((warning) => `${filename}: ${warning}`))
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error
      warnings.push(`Attachment "${filename}" was not read: ${error.message}`)
    }
  }
  return { ...(email.subject ? { title: email.subject } : {}), blocks, warnings }
}

async function parse(bytes: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(bytes, {
      attachmentEncoding: 'arraybuffer',
      maxNestingDepth: 20,
      rfc822Attachments: true,
    })
  } catch (error) {
    throw corrupt('The e-mail message cannot be read.', error)
  }
}

function envelope(email: Email): string {
  const lines = [
    ['From', email.from ? addresses([email.from]) : ''],
    ['To', addresses(email.to ?? [])],
    ['Cc', addresses(email.cc ?? [])],
    ['Date', email.date ?? ''],
  ]
  return lines
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')
}

function addresses(list: Address[]): string {
  return list
    .map((address) => (address.group ? `${address.name}: ${address.group.map(mailbox).join(', ')}` : mailbox(address)))
    .join(', ')
}

function mailbox({ name, address }: { name: string; address: string }): string {
  return name ? `${name} <${address}>` : address
}

function body(email: Email): Block[] {
  if (email.text?.trim()) return textParagraphs(email.text.replace(/\r\n?/g, '\n'))
  return email.html ? htmlBlocks(email.html).blocks : []
}

function content(attachment: Attachment): Uint8Array {
  if (typeof attachment.content === 'string') return new TextEncoder().encode(attachment.content)
  return attachment.content instanceof Uint8Array ? attachment.content : new Uint8Array(attachment.content)
}
