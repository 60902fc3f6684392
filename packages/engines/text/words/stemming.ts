import type { Language } from './stop-words.ts'

/**
 * Light stemming: inflection is removed, meaning kept. After J. Savoy, "Light Stemming Approaches for the French, Portuguese, German and Hungarian
 * Languages" (SAC 2006), shortened to the endings that matter for matching a question to a sentence; English after D. Harman, "How Effective Is
 * Suffixing?" (JASIS 1991) with -ing, -ed and -ation.
 *
 * @param token folded, as `tokenize` gives it
 */
export function stem(token: string, language: Language): string {
  if (token.length < 4 || /\d/.test(token)) return irregular[language]?.get(token) ?? token
  return irregular[language]?.get(token) ?? stemmers[language](token)
}

const irregular: Partial<Record<Language, ReadonlyMap<string, string>>> = {
  en: pairs(`paid pay bought buy sold sell sent send kept keep held hold made make gave give given give took take taken take told tell said say got get went
    go gone go left leave met meet lost lose chose choose chosen choose began begin begun begin spoke speak spoken speak wrote write written write
    spent spend built build brought bring taught teach thought think children child men man women woman people person feet foot teeth tooth led lead wed wednesday thu thursday
    fri friday mon monday tue tuesday sat saturday sun sunday fee fee fees fee`),
  de: pairs(
    'geoffnet offn offen offn offnet offn offnungszeit offn offnungszeiten offn bezahlt bezahl gezahlt zahl kosten kost kostet kost',
  ),
  fr: pairs('ouvert ouvr ouverte ouvr ouverts ouvr ouvrez ouvr ouvrir ouvr ouverture ouvr ferme ferm paye pay'),
  it: pairs(
    'aperto apert aperti apert aperta apert aprite apert apre apert aprire apert apertura apert chiuso chius chiudete chius chiude chius costa cost costano cost',
  ),
  es: pairs(
    'abierto abr abre abr abren abr abrir abr apertura abr cierra cerr cierran cerr cerrado cerr cuesta cost cuestan cost costo cost coste cost',
  ),
}

function pairs(list: string): ReadonlyMap<string, string> {
  const found = list.split(/\s+/)
  return new Map(found.flatMap((from, index) => (index % 2 === 0 ? [[from, found[index + 1] ?? from]] : [])))
}

const german = 'ungen heiten keiten ung ern est em en er es et e n t'.split(' ')
const french = 'issements issement ements ations ation ement eront erons aient ees ons ent ait er ez ee e'.split(' ')
const italian = 'azioni azione amente mente iamo ano ono are ere ire ato ata ati ate'.split(' ')
const italianVowels = 'io ie ia ii he hi a e i o'.split(' ')
const spanish = 'aciones acion amente mente amos emos imos ando iendo ados adas ado ada es s'.split(' ')
const spanishVowels = 'an en ar er ir a e o'.split(' ')

const stemmers: Record<Language, (token: string) => string> = {
  en: english,
  // A final s is an ending only after these consonants: "Bades", but "Preis" (Savoy 2006).
  de: (token) => strip(token.replace(/^ge(?=.{5,}t$)/, '').replace(/(?<=.{3}[bdfghklmnt])s$/, ''), 4, german),
  fr: (token) => strip(strip(token, 4, ['aux', 's', 'x']), 4, french),
  it: (token) => strip(strip(token, 4, italian), 3, italianVowels),
  es: (token) => strip(strip(token, 4, spanish), 4, spanishVowels),
}

/** Removes the first ending that leaves at least `least` characters. */
function strip(token: string, least: number, endings: readonly string[]): string {
  for (const ending of endings) {
    if (token.length - ending.length >= least && token.endsWith(ending)) return token.slice(0, -ending.length)
  }
  return token
}

function english(token: string): string {
  let stem = token
  if (/ie[sd]$/.test(stem) && stem.length > 4) stem = `${stem.slice(0, -3)}y`
  else if (/(?:ss|x|z|ch|sh)es$/.test(stem)) stem = stem.slice(0, -2)
  else if (/[^sui]s$/.test(stem)) stem = stem.slice(0, -1)
  const shorter = strip(strip(stem, 4, ['ation', 'able', 'ible', 'ness']), 3, ['ment'])
  if (shorter !== stem) return withoutEnd(shorter)
  const spoken = strip(stem, 3, ['ingly', 'edly', 'ing', 'ed'])
  if (spoken !== stem && /[aeiouy]/.test(spoken) && !stem.endsWith('eed')) return withoutEnd(spoken)
  return withoutEnd(strip(strip(stem, 5, ['ion']), 4, ['ly']))
}

/** `cancell` and `cancel`, `price` and `pric`, `delivery` and `deliver` meet. */
function withoutEnd(stem: string): string {
  const single = /([bdfgklmnprt])\1$/.test(stem) && stem.length > 4 ? stem.slice(0, -1) : stem
  return single.length > 4 ? single.replace(/[ey]$/, '') : single.length > 3 ? single.replace(/e$/, '') : single
}
