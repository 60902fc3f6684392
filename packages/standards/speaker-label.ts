import type { PartyRole } from './transcript.ts'

const ROLE_WORDS: Record<string, PartyRole> = {
  rep: 'rep',
  'sales rep': 'rep',
  sales: 'rep',
  salesperson: 'rep',
  seller: 'rep',
  agent: 'rep',
  advisor: 'rep',
  adviser: 'rep',
  'account executive': 'rep',
  ae: 'rep',
  sdr: 'rep',
  bdr: 'rep',
  prospect: 'prospect',
  customer: 'prospect',
  client: 'prospect',
  buyer: 'prospect',
  lead: 'prospect',
  caller: 'prospect',
}

/** Words that stand before a colon in notes and minutes without being the name of a speaker. */
const NOT_A_SPEAKER = new Set([
  'note',
  'notes',
  'nb',
  'ps',
  'warning',
  'subject',
  're',
  'title',
  'date',
  'time',
  'duration',
  'participants',
  'attendees',
  'summary',
  'agenda',
  'transcript',
  'recording',
  'http',
  'https',
])
const NAME_PARTICLES = new Set(['de', 'da', 'di', 'van', 'von', 'der', 'den', 'la', 'le', 'of', 'from', 'at', 'and'])
const MAX_LABEL = 60

/** A speaker's label taken apart: "Dana Whit (Rep)" is the name "Dana Whit" in the role rep. */
export type SpeakerLabel = { name: string; role: PartyRole | null }

/** Reads a label; the role is known only when the label says it. */
export function readLabel(label: string): SpeakerLabel {
  const name = label.trim().replace(/\s+/g, ' ')
  const own = ROLE_WORDS[name.toLowerCase().replace(/\s*\d+$/, '')]
  if (own) return { name, role: own }
  const bracket = /^(.{1,60}?)\s*[([]([^()[\]]{1,30})[)\]]$/.exec(name)
  const role = bracket?.[2] === undefined ? undefined : ROLE_WORDS[bracket[2].trim().toLowerCase()]
  return bracket?.[1] !== undefined && role ? { name: bracket[1], role } : { name, role: null }
}

/** True for a label that names a role by itself, such as "Customer" or "Agent 2". */
export const isRoleLabel = (label: string): boolean => readLabel(label).role !== null

function looksLikeName(label: string): boolean {
  if (label.length === 0 || label.length > MAX_LABEL) return false
  if (isRoleLabel(label)) return true
  if (NOT_A_SPEAKER.has(label.toLowerCase())) return false
  if (!/^[\p{L}\p{M}\p{N}.,'’&()[\]/_ -]+$/u.test(label) || !/\p{L}/u.test(label)) return false
  const words = label.split(' ').filter((word) => word !== '')
  if (words.length > 6) return false
  // Scripts without capitals (\p{Lo}) count as capitalised.
  return words.every((word) => /^[([]?[\p{Lu}\p{Lt}\p{Lo}\p{N}&(-]/u.test(word) || NAME_PARTICLES.has(word))
}

/**
 * Splits "Name: what was said". Returns null when the text before the first colon cannot be a speaker, so that
 * "So here is the thing: it costs more" stays whole.
 */
export function splitLabel(line: string): { label: string; text: string } | null {
  const colon = line.slice(0, MAX_LABEL + 2).indexOf(':')
  if (colon <= 0) return null
  const after = line[colon + 1]
  if (after !== undefined && !/\s/.test(after)) return null
  const label = line.slice(0, colon).trim()
  return looksLikeName(label) ? { label, text: line.slice(colon + 1).trim() } : null
}
