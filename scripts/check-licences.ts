import { readFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Fails when something that reaches users carries a licence that forbids resale, hosting or white label, or demands
 * to publish changes. Reads the lockfile and each package's own manifest, since a lockfile may lag behind.
 */
const root = fileURLToPath(new URL('..', import.meta.url))

const permissive = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
  'Zlib',
  'WTFPL',
  'PostgreSQL',
])
/** Data and fonts: free to ship and sell inside a product; the licence text travels with the package. */
const data = new Set(['OFL-1.1', 'CC-BY-4.0', 'CC-BY-3.0'])
/** Build tools, used unchanged and never shipped: file-level copyleft does not reach what they build. */
const weak = new Set(['MPL-2.0', 'PSF-2.0'])
const buildTools = /^(lightningcss|argparse)/
/** Packages whose manifest does not say it in SPDX, with what their licence file says. */
const read: Record<string, string> = {
  '@comark/vue': 'MIT',
  // BSD with two clauses, named only `BSD` in its manifest.
  duck: 'BSD-2-Clause',
  // The repository's licence file says MIT; the published package forgot it. Comes with the component library.
  'vaul-vue': 'MIT',
}

interface LockEntry {
  version?: string
  license?: string
  link?: boolean
  dev?: boolean
  optional?: boolean
}

const lock: { packages: Record<string, LockEntry> } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
const findings: string[] = []
let checked = 0
for (const [path, entry] of Object.entries(lock.packages)) {
  if (!path.includes('node_modules/') || entry.link) continue
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const licence = read[name] ?? licenceOf(path) ?? entry.license
  if (licence === undefined && !existsSync(join(root, path))) continue
  checked++
  const accepted = licence !== undefined && isAccepted(licence, entry.dev === true || buildTools.test(name))
  if (!accepted)
    findings.push(
      `${name}@${entry.version ?? '?'}: ${licence ?? 'no licence'}${entry.dev ? ' (development only)' : ''}`,
    )
}
const own = readFileSync(join(root, 'LICENSE'), 'utf8')
if (!own.includes('Apache License') || !own.includes('Version 2.0'))
  findings.push('LICENSE is not the Apache License 2.0')
for (const finding of findings) console.error(finding)
console.log(
  findings.length === 0
    ? `${String(checked)} packages, all of them may be resold and rebranded`
    : `${String(findings.length)} packages to look at`,
)
process.exitCode = findings.length === 0 ? 0 : 1

function licenceOf(path: string): string | undefined {
  const file = join(root, path, 'package.json')
  if (!existsSync(file)) return undefined
  const manifest: { license?: unknown; licenses?: unknown } = JSON.parse(readFileSync(file, 'utf8'))
  const value = manifest.license ?? manifest.licenses
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((each: { type?: string }) => each.type).join(' OR ')
  if (typeof value === 'object' && value !== null && 'type' in value) return String(value.type)
  return undefined
}

/** An SPDX expression: with OR one side suffices, with AND each must do. Tools that are never shipped may also be MPL. */
function isAccepted(expression: string, development: boolean): boolean {
  const plain = expression.replaceAll(/[()]/g, '')
  return plain
    .split(/\s+OR\s+/i)
    .some((side) =>
      side
        .split(/\s+AND\s+/i)
        .every((licence) => permissive.has(licence) || data.has(licence) || (weak.has(licence) && development)),
    )
}
