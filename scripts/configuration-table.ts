import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { variables } from '../packages/kernel/config.ts'

/** Writes docs/configuration.md from the code that reads the variables; `--check` only compares. */
const file = fileURLToPath(new URL('../docs/configuration.md', import.meta.url))

const rows = Object.entries(variables).map(([name, schema]) => {
  const parsed = schema.safeParse(undefined)
  const fallback = parsed.success && parsed.data !== undefined && parsed.data !== '' ? `\`${String(parsed.data)}\`` : ''
  return `| \`${name}\` | ${fallback} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`
})
const text = `# Configuration

Every setting is an environment variable, read once at start. A value that cannot be used stops the start and names
itself. This table is generated from \`packages/kernel/config.ts\` by \`npm run docs:configuration\`.

| variable | default | meaning |
|---|---|---|
${rows.join('\n')}
`
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error('docs/configuration.md is older than the code. Run `npm run docs:configuration`.')
    process.exit(1)
  }
} else writeFileSync(file, text)
