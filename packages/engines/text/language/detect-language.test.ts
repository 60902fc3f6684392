import { expect, it, test } from 'vitest'
import { detectableLanguages, detectLanguage } from './detect-language.ts'

test.each([
  ['en', 'Could you tell me where the nearest station is? My train leaves soon.'],
  ['de', 'Können Sie mir sagen, wo der nächste Bahnhof ist? Mein Zug fährt bald ab.'],
  ['fr', 'Pourriez-vous me dire où se trouve la gare la plus proche ? Mon train part bientôt.'],
  ['it', 'Potrebbe dirmi dove si trova la stazione più vicina? Il mio treno parte tra poco.'],
  ['es', '¿Podría decirme dónde está la estación más cercana? Mi tren sale pronto.'],
  ['pt', 'Poderia me dizer onde fica a estação mais próxima? Meu trem sai em breve.'],
  ['nl', 'Kunt u mij vertellen waar het dichtstbijzijnde station is? Mijn trein vertrekt zo.'],
  ['sv', 'Kan du säga mig var närmaste station ligger? Mitt tåg går snart.'],
  ['da', 'Kan du fortælle mig, hvor den nærmeste station er? Mit tog kører snart, og jeg har meget travlt.'],
  ['fi', 'Voisitteko kertoa, missä lähin asema on? Junani lähtee pian.'],
  ['pl', 'Czy może mi pan powiedzieć, gdzie jest najbliższa stacja? Mój pociąg zaraz odjeżdża.'],
  ['cs', 'Můžete mi říct, kde je nejbližší nádraží? Můj vlak brzy odjíždí.'],
  ['hu', 'Meg tudná mondani, hol van a legközelebbi állomás? A vonatom hamarosan indul.'],
  ['ro', 'Îmi puteți spune unde este cea mai apropiată gară? Trenul meu pleacă în curând.'],
  ['tr', 'En yakın istasyonun nerede olduğunu söyleyebilir misiniz? Trenim birazdan kalkıyor.'],
  ['id', 'Bisakah Anda memberi tahu saya di mana stasiun terdekat? Kereta saya segera berangkat.'],
  ['vi', 'Bạn có thể cho tôi biết ga gần nhất ở đâu không? Tàu của tôi sắp chạy.'],
  ['ru', 'Скажите, пожалуйста, где ближайшая станция? Мой поезд скоро отходит.'],
  ['uk', 'Скажіть, будь ласка, де найближча станція? Мій потяг скоро відходить.'],
  ['bg', 'Можете ли да ми кажете къде е най-близката гара? Влакът ми тръгва скоро.'],
  ['el', 'Πού είναι ο πλησιέστερος σταθμός;'],
  ['he', 'איפה התחנה הקרובה ביותר?'],
  ['ar', 'أين تقع أقرب محطة؟ قطاري سيغادر قريبا.'],
  ['fa', 'نزدیک‌ترین ایستگاه کجاست؟ قطار من به زودی حرکت می‌کند.'],
  ['hi', 'सबसे नज़दीकी स्टेशन कहाँ है? मेरी ट्रेन जल्द ही निकलने वाली है।'],
  ['ja', '一番近い駅はどこですか。'],
  ['zh', '最近的车站在哪里？'],
  ['ko', '가장 가까운 역이 어디입니까?'],
  ['th', 'สถานีที่ใกล้ที่สุดอยู่ที่ไหน'],
  ['af', 'Kan u my sê waar die naaste stasie is? My trein vertrek nou-nou.'],
  ['is', 'Geturðu sagt mér hvar næsta stöð er? Lestin mín fer bráðum.'],
  ['sq', 'A mund të më thoni ku është stacioni më i afërt? Treni im niset së shpejti.'],
  ['mk', 'Можете ли да ми кажете каде е најблиската станица? Мојот воз тргнува наскоро.'],
  ['be', 'Скажыце, калі ласка, дзе бліжэйшая станцыя? Мой цягнік хутка адыходзіць.'],
  ['eu', 'Esango didazu non dagoen geltokirik hurbilena? Nire trena laster irtengo da.'],
  ['gl', 'Poderíame dicir onde está a estación máis próxima? O meu tren sae axiña.'],
  ['sw', 'Unaweza kuniambia kituo cha karibu kiko wapi? Treni yangu inaondoka sasa hivi.'],
  ['tl', 'Maaari mo bang sabihin kung nasaan ang pinakamalapit na istasyon? Paalis na ang tren ko.'],
  ['cy', "Allwch chi ddweud wrtha i ble mae'r orsaf agosaf? Mae fy nhrên yn gadael cyn hir."],
  ['ga', 'An féidir leat a rá liom cá bhfuil an stáisiún is gaire? Tá mo thraein ag imeacht go luath.'],
  ['mt', "Tista' tgħidli fejn hi l-eqreb stazzjon? Il-ferrovija tiegħi titlaq dalwaqt."],
  ['sl', 'Mi lahko poveste, kje je najbližja postaja? Moj vlak kmalu odpelje.'],
  ['hr', 'Možete li mi reći gdje je najbliža stanica? Moj vlak uskoro kreće.'],
  ['no', 'Kan du si meg hvor den nærmeste stasjonen er? Toget mitt går snart.'],
  ['lv', 'Vai varat pateikt, kur ir tuvākā stacija? Mans vilciens drīz aties.'],
  ['lt', 'Ar galite pasakyti, kur artimiausia stotis? Mano traukinys netrukus išvyks.'],
  ['km', 'ស្ថានីយ៍នៅជិតបំផុតនៅឯណា'],
  ['my', 'အနီးဆုံး ဘူတာ ဘယ်မှာလဲ'],
])('%s: %s', (language, text) => {
  expect(detectLanguage({ text }).language).toBe(language)
})

it('a text without letters has no language, and a name alone none for certain', () => {
  expect(detectLanguage({ text: '123 !? 😀' })).toMatchObject({ language: null, confidence: 0 })
  expect(detectLanguage({ text: 'Anna' }).confidence).toBeLessThan(0.95)
})

it('of a few words in a language the right one comes first, and of one word the confidence is low', () => {
  const short = [
    ['de', 'Wo ist der Bahnhof?'],
    ['fr', 'Où est la gare ?'],
    ['it', 'Dove si trova la stazione?'],
    ['es', '¿Dónde está la estación?'],
    ['nl', 'Waar is het station?'],
    ['pl', 'Gdzie jest dworzec?'],
    ['fi', 'Missä asema on?'],
    ['tr', 'İstasyon nerede?'],
  ]
  for (const [language, text = ''] of short) expect([text, detectLanguage({ text }).language]).toEqual([text, language])
  for (const text of ['station', 'hotel', 'Berlin']) expect(detectLanguage({ text }).confidence).toBeLessThan(0.8)
})

it('probabilities add up to at most 1, and no language is listed twice', () => {
  const { candidates } = detectLanguage({ text: 'la casa' })
  expect(candidates.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThanOrEqual(1.000001)
  expect(new Set(detectableLanguages).size).toBe(detectableLanguages.length)
})
