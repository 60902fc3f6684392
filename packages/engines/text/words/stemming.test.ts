import { expect, test } from 'vitest'
import { stem } from './stemming.ts'
import type { Language } from './stop-words.ts'
import { tokenize } from './tokens.ts'

test.each<[Language, string[]]>([
  ['en', ['open', 'opens', 'opened', 'opening']],
  ['en', ['cancel', 'cancels', 'cancelled', 'cancelling', 'cancellation', 'cancellations']],
  ['en', ['price', 'prices', 'pricing', 'priced']],
  ['en', ['policy', 'policies']],
  ['en', ['bleed', 'bleeds', 'bleeding']],
  ['en', ['worry', 'worries', 'worried']],
  ['en', ['pay', 'pays', 'paid', 'payment', 'payments']],
  ['de', ['preis', 'preise', 'preisen']],
  ['de', ['kundigen', 'kundigung', 'kundigungen', 'gekundigt']],
  ['fr', ['livraison', 'livraisons']],
  ['fr', ['retourne', 'retourner', 'retournez', 'retournent']],
  ['it', ['prezzo', 'prezzi']],
  ['it', ['prenotare', 'prenotazione', 'prenotazioni', 'prenoto']],
  ['es', ['precio', 'precios']],
  ['es', ['cancelar', 'cancelacion', 'cancelaciones', 'cancelan']],
])('%s: %j are one word', (language, forms) => {
  expect(new Set(forms.map((form) => stem(form, language))).size).toBe(1)
})

test.each<[Language, string, string]>([
  ['en', 'station', 'state'],
  ['en', 'bus', 'busy'],
  ['de', 'bett', 'bitte'],
  ['it', 'casa', 'caso per caso'],
])('%s: %s and %s stay different words', (language, a, b) => {
  expect(stem(a, language)).not.toBe(stem(b, language))
})

test('words are folded, elisions divide, e-mail is one word and decimals stay whole', () => {
  expect(tokenize('L’Öffnung der Straße: E-Mail für 25.50 €, à bientôt')).toEqual([
    'l',
    'offnung',
    'der',
    'strasse',
    'email',
    'fur',
    '25.50',
    'a',
    'bientot',
  ])
})
