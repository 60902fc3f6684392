import { expect, it } from 'vitest'
import { symmetricEigen } from './symmetric-eigen.ts'

it('the second difference has the eigenvalues 2 - 2 cos(k pi / (n + 1))', () => {
  const n = 12
  const a = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    a[i * n + i] = 2
    if (i > 0) a[i * n + i - 1] = a[(i - 1) * n + i] = -1
  }
  const { values, vectors } = symmetricEigen(a, n)
  const sorted = [...values].sort((x, y) => x - y)
  for (const [k, value] of sorted.entries())
    expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 12)
  // A V = V diag(values), and V' V = I.
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let [image, product] = [0, 0]
      for (let k = 0; k < n; k++) {
        image += a[i * n + k]! * vectors[k * n + j]!
        product += vectors[k * n + i]! * vectors[k * n + j]!
      }
      expect(image).toBeCloseTo(values[j]! * vectors[i * n + j]!, 12)
      expect(product).toBeCloseTo(i === j ? 1 : 0, 12)
    }
})

it.each([1e-150, 1, 1e150])('eigenvalues of different size keep their digits, in units of %d', (unit) => {
  const a = Float64Array.of(2, 1e-3, 1e-3, 1e-6).map((value) => value * unit)
  const { values } = symmetricEigen(a, 2)
  const [small = 0, large = 0] = [...values].sort((x, y) => x - y)
  expect(large / unit).toBeCloseTo(2 + 5e-7, 9)
  // The determinant is 2e-6 - 1e-6.
  expect((small / unit) * (large / unit)).toBeCloseTo(1e-6, 15)
})
