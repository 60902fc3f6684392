export type Language = 'en' | 'de' | 'fr' | 'it' | 'es'

export const languages: readonly Language[] = ['en', 'de', 'fr', 'it', 'es']

/** Words that carry grammar rather than meaning, folded (lower case, no accents). Question words are here too. */
export const stopWords: Record<Language, ReadonlySet<string>> = {
  en: words(`a about after again all also am an and any anybody anyone anything are as at be because been before being both but by can could did do
    does doing don done during each else ever few for from further had has have having he her here hers him his how i if in into is isn it its itself
    just ll me might mine more most much must my no nor not of off on once one only or other our ours out over own per please same shall she should
    so some somebody someone something such t than that the their theirs them then there these they this those through to too under until up upon us
    very was we were what when where which while who whom whose why will with would you your yours s d m re ve happen happens`),
  de: words(`aber alle allem allen aller alles als also am an ander andere auch auf aus bei beim bin bis bist bitte da damit dann das dass dein deine dem den der
    des dessen die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines er es etwas euch euer eure fur gegen
    gibt habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder jedes jetzt kann kein
    keine keinem keinen keiner konnen man mein meine mich mir mit muss mussen nach nicht nichts noch nun nur ob oder ohne pro sehr sein seine seit
    sich sie sind so soll sollen sollte sondern sonst uber um und uns unser unsere unserem unseren unserer unter viel viele vom von vor wann warum was weil welche welchem
    welchen welcher welches wenn wer werde werden wem wen wie wieder will wir wird wo wofur worden wurde zu zum zur zwischen`),
  fr: words(`a ai apres as au aussi aux avant avec avez avoir avons c ce cela ces cet cette ceux chaque chez comme comment d dans de des deux dois doit du elle elles en
    entre est et etait ete etes etre eux fait faut il ils j je jusqu l la le les leur leurs lui m ma mais me meme mes moi moins mon n ne nos notre nous on
    ont ou par pas pendant peut peuvent peux plus pour pourquoi pouvez puis qu quand que quel quelle quelles quels qui quoi s sa sans se sera ses si son sont
    sous sur t ta te tes toi ton tous tout toute toutes tres tu un une vers vos votre vous y combien où`),
  it: words(`a ad agli ai al alla alle allo anche avete c che chi ci cio co coi col come con cosa cui d da dagli dai dal dalla dalle dallo degli dei del della delle dello
    di dopo dov dove due e ed era essere fa fino fra gli ha hai hanno ho i il in io l la le lei li lo loro lui ma me mi mia mie miei mio molto ne negli nei nel
    nella nelle nello noi non nostra nostre nostri nostro o ogni oppure per perche piu po poi possiamo posso potete prima puo qual quale quali quando quanta quante quanti quanto quel
    quella quelle quelli quello questa queste questi questo s se sei senza si sia siamo siete sono sta su sua sue sugli sui sul sulla sulle suo suoi
    te ti tra tu tua tue tuo tuoi tutte tutti tutto un una uno v vi voi vostra vostre vostri vostro`),
  es: words(`a al algo alguna algunas alguno algunos ante antes aqui asi aunque cada como con contra cual cuales cuando cuanta cuantas cuanto cuantos de del desde donde dos durante e
    el ella ellas ellos en entre era es esa esas ese eso esos esta estan estar estas este esto estos fue fueron ha hace hacen han hasta hay he la las le les lo los mas me
    mi mis muy nada ni no nos nosotros nuestra nuestras nuestro nuestros o os otra otro para pero poco por porque puede pueden puedo pues que quien quienes se sea ser si
    sin sobre solo son su sus tambien te tengo ti tiene tienen todo todos tu tus un una unas uno unos usted ustedes vosotros vuestra vuestro y ya yo`),
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/).filter(Boolean))
}

const bits = new Map<string, number>()
for (const [index, language] of languages.entries()) {
  for (const word of stopWords[language]) bits.set(word, (bits.get(word) ?? 0) | (1 << index))
}

/** The language with most stop words among the tokens; `fallback` on a tie with it, or when there are none. */
export function languageByStopWords(tokens: readonly string[], fallback: Language): Language {
  const counts = languages.map(() => 0)
  for (const token of tokens) {
    const mask = bits.get(token)
    if (mask === undefined) continue
    for (let i = 0; i < counts.length; i++) if (mask & (1 << i)) counts[i] = (counts[i] ?? 0) + 1
  }
  const most = Math.max(...counts)
  if (counts[languages.indexOf(fallback)] === most) return fallback
  return languages[counts.indexOf(most)] ?? fallback
}
