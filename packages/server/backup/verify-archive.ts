import { BackupError } from './backup-error.ts'
import { readArchive } from './archive.ts'
import { Introduction, introductionName, Manifest, manifestName, type Member } from './manifest.ts'

const longestManifestBytes = 512 * 1024 * 1024

/**
 * Reads a whole archive and compares every member with the manifest. Finds damage and careless changes; it is no
 * signature: who can write the archive can also write its manifest.
 * @throws BackupError `damaged` naming the member.
 */
export async function verifyArchive(path: string): Promise<Manifest> {
  const seen = new Map<string, Member>()
  let manifest: Manifest | undefined
  for await (const member of readArchive(path)) {
    const { name } = member
    if (manifest)
      throw new BackupError('damaged', `${path} goes on after its manifest (${name}). Use another copy of it.`)
    if (seen.size === 0 && name !== introductionName)
      throw new BackupError('damaged', `${path} is not a Guildhall backup: it begins with ${name}.`)
    if (name === manifestName) {
      manifest = parse(path, await text(member.content), (value) => Manifest.parse(value))
      continue
    }
    if (seen.has(name)) throw new BackupError('damaged', `${path} holds ${name} twice. Use another copy of it.`)
    if (name === introductionName) parse(path, await text(member.content), (value) => Introduction.parse(value))
    else for await (const chunk of member.content) void chunk
    seen.set(name, member.seen())
  }
  if (!manifest)
    throw new BackupError(
      'damaged',
      `${path} is cut off: its manifest, the last member, is missing. Use another copy of it.`,
    )
  compare(path, manifest, seen)
  return manifest
}

function compare(path: string, manifest: Manifest, seen: ReadonlyMap<string, Member>): void {
  for (const [name, expected] of Object.entries(manifest.members)) {
    const found = seen.get(name)
    if (!found) throw new BackupError('damaged', `${path} lacks ${name}. Use another copy of it.`)
    if (!same(found, expected))
      throw new BackupError(
        'damaged',
        `${name} in ${path} was changed: its checksum is not the one of the manifest. Use another copy of it.`,
      )
  }
  for (const name of seen.keys())
    if (!(name in manifest.members))
      throw new BackupError(
        'damaged',
        `${path} holds ${name}, which its manifest does not know. Use another copy of it.`,
      )
  const parts = manifest.tables.flatMap((table) => table.parts)
  const known = [...seen.keys()].filter((name) => name.startsWith('tables/'))
  if (parts.join('\n') !== known.join('\n'))
    throw new BackupError('damaged', `The tables in ${path} are not those of its manifest. Use another copy of it.`)
}

export function same(a: Member, b: Member): boolean {
  return a.bytes === b.bytes && a.sha256 === b.sha256
}

async function text(content: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of content) {
    bytes += chunk.length
    if (bytes > longestManifestBytes)
      throw new BackupError('damaged', 'The manifest is larger than any backup makes it.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parse<T>(path: string, json: string, read: (value: unknown) => T): T {
  try {
    return read(JSON.parse(json))
  } catch (cause) {
    throw new BackupError(
      'damaged',
      `${path} was made by another version of Guildhall, or is damaged: its description cannot be read.`,
      { cause },
    )
  }
}
