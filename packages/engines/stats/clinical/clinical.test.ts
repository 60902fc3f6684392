import { describe, expect, it } from 'vitest'
import { EngineInputError } from '../../contract/index.ts'
import { cha2ds2Vasc, egfr, news2, qsofa } from './index.ts'

const well = {
  respirationRate: 16,
  oxygenSaturation: 98,
  supplementalOxygen: false,
  systolicPressure: 120,
  pulse: 70,
  consciousness: 'alert' as const,
  temperature: 37,
}

const points = (oxygenSaturation: number, supplementalOxygen: boolean) =>
  news2({ ...well, oxygenScale: 2, oxygenSaturation, supplementalOxygen }).parts.oxygenSaturation

describe('NEWS2', () => {
  it('is zero for a well adult', () => {
    expect(news2(well)).toMatchObject({ score: 0, risk: 'low' })
  })

  it.each([
    [
      'respirationRate',
      [
        [8, 3],
        [9, 1],
        [11, 1],
        [12, 0],
        [20, 0],
        [21, 2],
        [24, 2],
        [25, 3],
      ],
    ],
    [
      'oxygenSaturation',
      [
        [91, 3],
        [92, 2],
        [93, 2],
        [94, 1],
        [95, 1],
        [96, 0],
      ],
    ],
    [
      'systolicPressure',
      [
        [90, 3],
        [91, 2],
        [100, 2],
        [101, 1],
        [110, 1],
        [111, 0],
        [219, 0],
        [220, 3],
      ],
    ],
    [
      'pulse',
      [
        [40, 3],
        [41, 1],
        [50, 1],
        [51, 0],
        [90, 0],
        [91, 1],
        [110, 1],
        [111, 2],
        [130, 2],
        [131, 3],
      ],
    ],
    [
      'temperature',
      [
        [35, 3],
        [35.1, 1],
        [36, 1],
        [36.1, 0],
        [38, 0],
        [38.1, 1],
        [39, 1],
        [39.1, 2],
      ],
    ],
  ] as const)('scores %s by the chart of the Royal College of Physicians', (field, bands) => {
    for (const [value, points] of bands) expect(news2({ ...well, [field]: value }).score).toBe(points)
  })

  it('has a scale of its own for a target of 88-92 %', () => {
    expect([83, 85, 87, 88, 92, 97].map((value) => points(value, false))).toEqual([3, 2, 1, 0, 0, 0])
    expect([83, 88, 92, 93, 95, 97].map((value) => points(value, true))).toEqual([3, 0, 0, 1, 2, 3])
  })

  it('tells the risk, and a single parameter of three points', () => {
    expect(news2({ ...well, consciousness: 'confusion' })).toMatchObject({ score: 3, risk: 'low-medium' })
    expect(news2({ ...well, pulse: 120, respirationRate: 22, temperature: 38.5 })).toMatchObject({
      score: 5,
      risk: 'medium',
    })
    expect(news2({ ...well, pulse: 135, respirationRate: 26, supplementalOxygen: true })).toMatchObject({
      score: 8,
      risk: 'high',
    })
  })

  it('refuses another unit and what is missing', () => {
    expect(() => news2({ ...well, temperature: 98.6 })).toThrow('give degrees Celsius')
    expect(() => news2({ ...well, pulse: Number.NaN })).toThrow(EngineInputError)
  })
})

const kidneys = (creatinine: number, age: number, sex: 'female' | 'male') =>
  egfr({ creatinine, unit: 'mg/dL', age, sex })

describe('other scores', () => {
  it('qSOFA counts three signs', () => {
    expect(qsofa({ respirationRate: 22, systolicPressure: 100, glasgowComaScale: 15 })).toMatchObject({
      score: 2,
      positive: true,
    })
    expect(qsofa({ respirationRate: 21, systolicPressure: 101, glasgowComaScale: 14 })).toMatchObject({
      score: 1,
      positive: false,
    })
  })

  it('CHA2DS2-VASc weighs age and stroke twice', () => {
    const none = { heartFailure: false, hypertension: false, diabetes: false, stroke: false, vascularDisease: false }
    expect(cha2ds2Vasc({ age: 64, sex: 'male', ...none }).score).toBe(0)
    expect(cha2ds2Vasc({ age: 65, sex: 'female', ...none }).score).toBe(2)
    const all = { heartFailure: true, hypertension: true, diabetes: true, stroke: true, vascularDisease: true }
    expect(cha2ds2Vasc({ age: 75, sex: 'female', ...all }).score).toBe(9)
  })

  it('eGFR follows CKD-EPI 2021', () => {
    expect(kidneys(0.9, 50, 'male').egfr).toBeCloseTo(142 * 0.9938 ** 50, 9)
    expect(Math.round(kidneys(1, 50, 'male').egfr)).toBe(92)
    expect(Math.round(kidneys(1, 50, 'female').egfr)).toBe(69)
    expect(kidneys(1.5, 60, 'male').category).toBe('G3a')
    expect(egfr({ creatinine: 88.4, unit: 'umol/L', age: 50, sex: 'male' }).egfr).toBeCloseTo(
      kidneys(1, 50, 'male').egfr,
      9,
    )
    expect(() => kidneys(88, 50, 'male')).toThrow('right unit')
  })
})
