import { fold, type Language, languageByStopWords, languages, stem, stopWords, tokenize } from '../text/index.ts'
import { asksForLiveCount } from './live-count.ts'

/** What kind of thing answers the question; `any` when the question does not say. */
export type AnswerType = 'money' | 'quantity' | 'time' | 'person' | 'place' | 'contact' | 'any'

export interface QueryTerm {
  token: string
  /** The term's stem in each language, because passages may be in several. */
  stems: Record<Language, string>
  /** How much of the question's meaning it carries, before its rarity: 1 for a content word. */
  weight: number
}

export interface Question {
  language: Language
  expects: AnswerType
  terms: QueryTerm[]
  /** True when the question is about a question that somebody asked, so that questions are answers too. */
  asksForQuestions: boolean
  /** True for a count or a sum of right now, which only a sentence about that moment can answer. */
  asksForLiveCount: boolean
}

/** Patterns on the folded question, most specific first. */
const askedFor: readonly (readonly [AnswerType, RegExp])[] = [
  [
    'contact',
    /\b(phone|telephone|e-?mail|contact|website|whatsapp|telefono|telefon|telefonnummer|kontakt|courriel|contatt\w*|contacto|correo)\b/,
  ],
  ['time', /\b(um wie ?viel uhr|a che ora|a quelle heure|a que hora)\b/],
  [
    'quantity',
    /\b(how (many|long|often|far|old|big|large)|(what|which) percentage|how much (notice|time|warning|space|storage)|wie ?viele|wie lange|wie oft|wie weit|combien de (temps|jours|fois|personnes)|quant[ie]|ogni quanto|quanto tempo|cuant[oa]s|cuanto tiempo|cada cuanto)\b/,
  ],
  [
    'money',
    /\b(how much|prices?|cost|costs|fees?|rates?|deposit|quanto costa\w*|quanto viene|quanto si paga|prezzo|prezzi|wie ?viel|was kostet|preise?|kosten|combien|prix|tarifs?|cuanto (cuesta|vale|cobra|es)\w*|precios?)\b/,
  ],
  [
    'time',
    /\b(when|what time|(what|which) (day|days|date|hours|month|year)|how soon|by when|until when|opening hours|deadline|quando|orari|wann|bis wann|quand|horaires|cuando|horarios?)\b/,
  ],
  ['person', /^(\w+ )?(who|whom|whose|chi|wer|wen|wem|qui|quien|quienes)\b/],
  ['place', /\b(where|address|location|dove|indirizzo|wo|wohin|adresse|ou|donde|direccion)\b/],
]

/** Words that only repeat what the answer's type says already: "What does it cost" is answered by "25 euros" without "cost". */
const typeWords: Partial<Record<AnswerType, readonly string[]>> = {
  money:
    `price prices pricing cost costs fee fees charge charged charges rate rates pay paid much euro euros dollars prezzo prezzi costo costa costano tariffa tariffe paga preis preise kostet kosten euro prix cout coute coutent tarif
    tarifs precio precios cuesta cuestan coste tarifa vale`.split(/\s+/),
  time: 'time times day days date dates hour hours clock soon early month year orario orari ora giorno giorni data uhr zeit zeiten tag tage datum heure heures jour jours horaires hora horas dia dias fecha horario horarios'.split(
    ' ',
  ),
  quantity:
    'many long often much number amount percentage percent far old lange oft viele lang tempo temps tiempo fois volte veces mal take takes dauert dure dura'.split(
      ' ',
    ),
  person: 'person people name names persona nome person name personne nom nombre'.split(' '),
  place: 'address location located place find indirizzo trovate adresse findet finde direccion'.split(' '),
}

/** Verbs and nouns that questions use freely and answers replace: half a content word. */
const lightWords = new Set(
  `offer provide need want get take make give use have come happen work know tell find allow possible available help sell buy like mean include let see go policy
  say said call anything exactly currently offrite offre bisogno serve potrei vorrei bieten brauche braucht moglich proposez besoin possible ofrecen ofrece necesito necesita posible quiero`.split(
    /\s+/,
  ),
)

/** @param fallback the language of the passages, for questions too short to tell */
export function analyseQuestion(text: string, fallback: Language): Question {
  const tokens = tokenize(text)
  const language = languageByStopWords(tokens, fallback)
  const folded = fold(text)
  const expects = askedFor.find(([, pattern]) => pattern.test(folded))?.[0] ?? 'any'
  const content = [...new Set(tokens)].filter((token) => !stopWords[language].has(token))
  const ofType = new Set(typeWords[expects])
  const onlyType = content.every((token) => ofType.has(token))
  return {
    language,
    expects,
    asksForQuestions: /\b(ask|asked|asks|question|questions|inquire|objection|objections|concern|concerns)\b/.test(
      folded,
    ),
    asksForLiveCount: asksForLiveCount(folded),
    terms: content.map((token) => ({
      token,
      stems: stemsOf(token),
      weight: ofType.has(token) && !onlyType ? 0.25 : lightWords.has(token) ? 0.5 : 1,
    })),
  }
}

function stemsOf(token: string): Record<Language, string> {
  const [en, de, fr, it, es] = languages.map((language) => stem(token, language))
  return { en: en ?? token, de: de ?? token, fr: fr ?? token, it: it ?? token, es: es ?? token }
}
