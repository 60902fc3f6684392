import { fold } from '../text/index.ts'
import type { AnswerType } from './question.ts'

const money =
  /[€$£¥]\s?\d|\d\s?(?:[€$£¥%]|eur\b|euros?\b|usd\b|dollars?\b|cents?\b|pounds?\b|gbp\b|chf\b|francs?\b|franken\b|percent\b|per cent\b|prozent\b|per cento\b|pour cent\b|por ciento\b)|\b(?:eur|usd|gbp|chf)\s?\d|\b(?:free|gratis|gratuit\w*|kostenlos\w*|kostenfrei|complimentary|no extra charge|no charge|at no cost|included in the price|incluso nel prezzo)\b/
const numberWords =
  /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|ninety|hundred|half|once|twice|daily|weekly|monthly|unlimited|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|zwanzig|dreissig|halbe\w*|deux|trois|quatre|cinq|sept|huit|neuf|dix|quinze|vingt|trente|tre|quattro|cinque|sette|otto|nove|dieci|quindici|venti|trenta|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|veinte|treinta)\b/
const time =
  /\d{1,2}[:.]\d{2}\b|\b\d{1,2}\s?(?:am|pm|uhr|h)\b|\b(?:19|20)\d{2}\b|\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|noon|midnight|morning|afternoon|evening|night|tonight|today|tomorrow|yesterday|weekends?|weekdays?|days?|weeks?|months?|years?|quarters?|hours?|minutes?|january|february|march|april|june|july|august|september|october|november|december|spring|summer|autumn|winter|christmas|easter|immediately|before|after|until|when|once|wenn|sobald|quand|quando|cuando|montags?|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|sonntags?|mittags?|abends?|morgens?|tage?n?|wochen?|monate?n?|jahre?n?|stunden?|minuten?|januar|februar|marz|mai|juni|juli|oktober|dezember|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|midi|matin|soir|jours?|semaines?|mois|ans|heures?|janvier|fevrier|mars|avril|juin|juillet|aout|septembre|octobre|novembre|decembre|lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica|mezzogiorno|mattina|pomeriggio|sera|giorni|giorno|settiman[ae]|mes[ei]|ann[oi]|or[ae]|minuti|gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|dicembre|lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|mediodia|manana|tarde|noche|dias?|semanas?|meses|anos?|horas?|minutos?|enero|febrero|abril|mayo|junio|julio|septiembre|octubre|noviembre|diciembre)\b/
const contact = /[\w.+-]+@[\w-]+\.\w+|\+?\d[\d\s()/-]{5,}\d|https?:\/\/|\bwww\./
const place =
  /\b(?:street|road|avenue|square|lane|floor|station|building|room|district|corner|opposite|behind|next to|near|downtown|office|studio|via|viale|piazza|corso|piano|stazione|accanto|vicino|dietro|strasse|platz|allee|stock|bahnhof|neben|hinter|gegenuber|rue|place|etage|gare|derriere|pres|calle|plaza|avenida|planta|estacion|detras|frente|cerca)\b|strasse\b/
/** A capitalised word that does not open the sentence, or a name with its role behind a comma. */
const innerName = /(?<=[\p{L}\p{N},;:)]\s)\p{Lu}\p{Ll}+/u
const openingName = /^\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u
const somePlace =
  /\b(?:[Ii]n|[Aa]t|[Oo]n|[Tt]o|a|[Ee]n|à|[Ii]m|[Aa]m)\s+(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\b)\p{Lu}\p{Ll}+/u

/** Strict types are nearly always written in a recognisable form; people and places often are not. */
export const strictTypes: ReadonlySet<AnswerType> = new Set(['money', 'quantity', 'time', 'contact'])

/**
 * True when a sentence holds something of the kind that the question asks for.
 *
 * @param isTableRow cells carry bare numbers whose unit stands in the header
 */
export function holdsAnswerType(sentence: string, expects: AnswerType, isTableRow: boolean): boolean {
  switch (expects) {
    case 'money':
      return money.test(fold(sentence)) || (isTableRow && /\|\s*\d/.test(sentence))
    case 'quantity':
      return numberWords.test(fold(sentence))
    case 'time':
      return time.test(fold(sentence))
    case 'contact':
      return contact.test(sentence)
    case 'place':
      return place.test(fold(sentence)) || somePlace.test(sentence) || contact.test(sentence)
    case 'person':
      return innerName.test(sentence) || openingName.test(sentence)
    case 'any':
      return true
  }
}
