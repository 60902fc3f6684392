import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contrast, parseHex, readableBrand } from './brand-color'

const hexColor = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)

function ratio(a: string, b: string): number {
  const [first, second] = [parseHex(a), parseHex(b)]
  if (!first || !second) throw new Error('not a colour')
  return contrast(first, second)
}

describe('brand colour', () => {
  it('knows the contrast of black on white', () => {
    expect(ratio('#000', '#ffffff')).toBeCloseTo(21, 5)
  })

  it('is readable in both themes whatever the brand', () => {
    fc.assert(
      fc.property(hexColor, (hex) => {
        const brand = readableBrand(hex)
        expect(brand).not.toBeNull()
        expect(ratio(brand?.onLight ?? '#fff', '#ffffff')).toBeGreaterThanOrEqual(6)
        expect(ratio(brand?.onDark ?? '#18181b', '#18181b')).toBeGreaterThanOrEqual(6)
      }),
    )
  })

  it('leaves a colour alone that is already readable', () => {
    expect(readableBrand('#0f5132')?.onLight).toBe('#0f5132')
  })

  it('refuses what is not a colour', () => {
    expect(readableBrand('teal')).toBeNull()
    expect(readableBrand('#12345')).toBeNull()
  })
})
