/**
 * Questions for a count or a sum of right now ("How many bookings today?") are about records, which documents do not
 * hold. Not of a year: what documents say (holidays, allowances) is said by the year. Patterns work on folded text: lower
 * case, without accents.
 */
const moment =
  /\b(?:today|tonight|tomorrow|yesterday|now|currently|so far|at the moment|(?:this|last|next|past) (?:morning|afternoon|evening|week|weekend|month)|heute|gestern|jetzt|derzeit|bisher|(?:diese[nrms]?|letzte[nrms]?|nachste[nrms]?) (?:woche|wochenende|monat)|aujourd['’]?hui|demain|maintenant|(?:cette|ce) (?:semaine|mois|matin|soir)|(?:semaine|mois) (?:dernier|derniere|prochain|prochaine)|oggi|ieri|domani|adesso|(?:questa|questo) (?:settimana|mese|mattina|sera)|(?:settimana|mese) (?:scors[oa]|prossim[oa])|hoy|ayer|ahora|(?:esta|este) (?:semana|mes|tarde|noche)|(?:semana|mes) (?:pasad[oa]|proxim[oa]))\b/
const count =
  /\b(?:how many|(?:what|which) number of|what is the number of|wie ?viele|combien de(?! (?:temps|jours))|combien d['’]|quant[ie]|cuant[oa]s)\b/
/** French for yesterday, German for here. */
const hier = /\bhier\b/
/** What was taken or spent, not what something costs. */
const sum =
  /\b(?:how much (?:money )?(?:did|do|does|have|has|had|was|were|is) (?:we|i|they|the (?:shop|team|company|agency|business)|taken|earned|sold|spent|booked)|wie ?viel (?:haben|hat) (?:wir|ich|sie)|quanto abbiamo|cuanto (?:hemos|ganamos|vendimos)|combien (?:avons|a-t-on|avez))\b/

/** @param folded the question */
export function asksForLiveCount(folded: string): boolean {
  const live = moment.test(folded) || (folded.includes('combien') && hier.test(folded))
  return live && (count.test(folded) || sum.test(folded))
}

/** Whether a sentence is about such a moment itself, as a note of the day is. @param folded the sentence */
export function tellsOfMoment(folded: string): boolean {
  return moment.test(folded) || hier.test(folded)
}
