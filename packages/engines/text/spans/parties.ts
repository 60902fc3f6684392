import { type Finder, isWordCode, matchAt } from './span.ts'

const legalForms =
  'Inc Incorporated Corp Corporation LLC LLP LP Ltd Limited PLC Plc plc Co GmbH mbH AG SE KG KGaA OHG UG eG e.V SA SAS SARL SASU SpA S.p.A Srl S.r.l SRL SL S.L NV N.V BV B.V Oy Oyj AB AS ApS A/S Pty Sàrl S.A S.A.S Sp.z.o.o'
/** First letters (before a dot) of legal forms in lower case, for the scanner. */
export const legalWords: readonly string[] = [
  ...new Set(
    legalForms
      .split(' ')
      .map((form) => (/^\p{L}+/u.exec(form)?.[0] ?? '').toLowerCase())
      .filter((word) => word.length > 1),
  ),
]

const form = new RegExp(
  String.raw`(?:${legalForms
    .split(' ')
    .sort((a, b) => b.length - a.length)
    .map((each) => each.replaceAll('.', String.raw`\.`))
    .join('|')})(?![\p{L}\p{N}])\.?(?: & Co\.? (?:KG|KGaA|OHG))?`,
  'uy',
)
const longestName = 6

/** Companies, anchored at the legal form (`GmbH`, `Ltd`, `S.p.A.`) and read back over the capitalised words of the name. */
export const companyAt: Finder = (text, at) => {
  const match = matchAt(form, text, at)
  if (!match) return null
  let start = at
  let words = 0
  while (words < longestName) {
    const previous = wordBefore(text, start)
    if (!previous) break
    const { from, word } = previous
    const linking = words > 0 && /^(?:&|and|und|et|e|of|the|de|di|du|del|della|y|für|for)$/.test(word)
    if (!linking && !/^[\p{Lu}\p{N}]/u.test(word)) break
    start = from
    words++
  }
  // The name does not begin with a linking word or the article of the sentence.
  const name = text.slice(start, at)
  const lead =
    /^(?:(?:&|and|und|et|e|of|the|de|di|du|del|della|y|für|for|The|Die|Der|Das|La|Le|Il|El|L['’]|Between|By|And|Und) )+/.exec(
      name,
    )
  if (lead) start += lead[0].length
  if (start >= at) return null
  const end = at + match[0].length
  const stop = text[end - 1] === '.' && !/\.\p{L}+\.$/u.test(match[0]) && isSentenceEnd(text, end) ? end - 1 : end
  return { kind: 'company', start, end: stop, value: text.slice(start, stop), unit: null }
}

const isSentenceEnd = (text: string, end: number) => /^(?:\s+\p{Lu}|\s*$)/u.test(text.slice(end, end + 12))

function wordBefore(text: string, start: number): { from: number; word: string } | null {
  let end = start
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\u00a0')) end--
  if (text[end - 1] === ',' && /^[ ]/.test(text.slice(end, end + 1))) end--
  if (end === start && start > 0) return null
  let from = end
  while (from > 0 && (isWordCode(text.charCodeAt(from - 1)) || "&'’.-".includes(text[from - 1] ?? ' '))) from--
  const word = text.slice(from, end)
  return word === '' || (/[.]$/.test(word) && word.length > 3) ? null : { from, word }
}

const titles =
  'Mr Mrs Ms Miss Mx Dr Prof Professor Sir Madam Judge Justice Senator Herr Frau Herrn Dott Sig Signor Signora Sig.ra Ing Avv Sr Sra Srta Señor Señora Don Doña Mme Mlle Monsieur Madame M'
export const titleWords: readonly string[] = [
  ...new Set(titles.split(' ').map((title) => (/^\p{L}+/u.exec(title)?.[0] ?? '').toLowerCase())),
]
const personPattern = new RegExp(
  String.raw`(?:${titles
    .split(' ')
    .sort((a, b) => b.length - a.length)
    .map((each) => each.replaceAll('.', String.raw`\.`))
    .join(
      '|',
    )})\.? (?:(?:Dr|Prof|Ing)\.? (?:(?:med|phil|jur|h\. ?c)\. )?)*(\p{Lu}[\p{L}'’-]*\.?(?: (?:(?:von|van|de|der|den|di|da|del|della|zu|la|le|bin|al)[ ])*\p{Lu}[\p{L}'’-]+){0,3})`,
  'uy',
)

/** Persons with a form of address: `Dr. Anna Rossi`, `Herr von Berg`. Value: the name without it. Names alone need a gazetteer. */
export const personAt: Finder = (text, at) => {
  const match = matchAt(personPattern, text, at)
  if (!match || /^(?:M|Don|Sir|Madam|Ing|Justice|Judge)$/.test(match[1] ?? '')) return null
  const name = (match[1] ?? '').replace(/\.$/, '')
  // `M 5` and `Dr. Smith`: a lone letter is an initial, not a name.
  if (name.length < 2 || (/^\p{Lu}+$/u.test(name) && match[0].startsWith('M '))) return null
  const end = at + match[0].length - ((match[1] ?? '').length - name.length)
  return { kind: 'person', start: at, end, value: name, unit: null }
}

const rolePattern =
  /\((?:the |each an? |collectively,? |together,? |hereinafter,? |referred to as |der |die |das )*["“„'‘]([^"”“'’()\n]{2,60})["”“'’]\)/iy

/** What a contract calls a party from there on: `(the "Supplier")`, anchored at the bracket. Value: the name given. */
export const roleAt: Finder = (text, at) => {
  const match = matchAt(rolePattern, text, at)
  if (!match) return null
  return { kind: 'role', start: at, end: at + match[0].length, value: match[1] ?? '', unit: null }
}
