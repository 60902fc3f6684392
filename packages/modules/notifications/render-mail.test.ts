import { expect, test } from 'vitest'
import { renderMail } from './render-mail.ts'

const action = { label: 'Go', url: 'https://agency.test/?a="><script>alert(1)</script>' }

const htmlIn = (color: string) => renderMail('s', { text: 't', action }, { name: 'n', color }).html

test('nothing of a mail is taken as markup', () => {
  const { html } = renderMail(
    '<Hi>',
    { text: 'a <img src=x onerror=alert(1)>\n\nb', action },
    { name: '<Evil> Ltd', color: 'red;}' },
  )
  expect(html).not.toMatch(/<script|<img|<Hi>|<Evil>|red;/)
  expect(html).toContain('&lt;Evil&gt; Ltd')
})

test('the button’s words can be read on any colour', () => {
  expect(htmlIn('#ffff00')).toContain('background:#ffff00;color:#111827')
  expect(htmlIn('#000080')).toContain('background:#000080;color:#ffffff')
})

test('a mail without a link has no button, and both parts carry the sender’s name', () => {
  const { html, text } = renderMail('s', { text: 'one\n\ntwo' }, { name: 'Agency' })
  expect(html).not.toContain('<a ')
  expect(text).toBe('one\n\ntwo\n\n-- \nAgency\n')
})
