import { describe, expect, it } from 'vitest'
import { linkMarkers } from './citations'
import { locatorText } from './locator'

describe('citation markers in an answer', () => {
  it('become citations when the answer has them', () => {
    expect(linkMarkers('Ask first [1], then show [2].', ['1'])).toBe('Ask first :cite{marker="1"}, then show \\[2\\].')
  })

  it('leave links and code alone', () => {
    expect(linkMarkers('[1](https://example.test) and `a[1]`', ['1'])).toBe('[1](https://example.test) and `a[1]`')
    expect(linkMarkers('```\nrow[1]\n```', ['1'])).toBe('```\nrow[1]\n```')
  })
})

describe('the place of a citation', () => {
  it('is a page, a slide, a sheet or a time', () => {
    expect(
      [{ page: 12 }, { slide: 3 }, { sheet: 'Yearly' }, { startSeconds: 65, endSeconds: 80 }, {}].map(locatorText),
    ).toEqual(['page 12', 'slide 3', 'sheet Yearly', '1:05–1:20', ''])
  })
})
