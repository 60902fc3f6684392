import { describe, expect, it } from 'vitest'
import { checkDispatch } from '../check/check-dispatch.ts'
import { dispatchPower } from './dispatch.ts'
import { parseMatpower, type PowerNetwork } from './network.ts'

/** Two buses, one line of 50 MW, cheap power on the far side. */
const twoBuses: PowerNetwork = {
  baseMva: 100,
  buses: [
    { id: 1, demand: 100 },
    { id: 2, demand: 20 },
  ],
  generators: [
    { bus: 1, min: 0, max: 200, cost: [5, 40] },
    { bus: 2, min: 0, max: 200, cost: [0, 10] },
  ],
  branches: [{ from: 2, to: 1, resistance: 0, reactance: 0.1, rating: 50 }],
}

describe('power dispatch', () => {
  it('splits the prices where a line is full', async () => {
    const dispatch = await dispatchPower(twoBuses)
    expect(dispatch.cost).toBeCloseTo(5 + 50 * 40 + 70 * 10, 6)
    expect(dispatch.flows[0]).toBeCloseTo(50, 6)
    expect(dispatch.prices[0]).toBeCloseTo(40, 6)
    expect(dispatch.prices[1]).toBeCloseTo(10, 6)
    expect(checkDispatch(twoBuses, dispatch)).toEqual([])
  })

  it('brings quadratic costs to the same margin', async () => {
    const network: PowerNetwork = {
      ...twoBuses,
      generators: [
        { bus: 1, min: 0, max: 200, cost: [0, 0, 0.2] },
        { bus: 2, min: 0, max: 200, cost: [0, 0, 0.1] },
      ],
      branches: [{ from: 1, to: 2, resistance: 0.01, reactance: 0.1 }],
    }
    const dispatch = await dispatchPower(network)
    expect(dispatch.generation[0]).toBeCloseTo(40, 3)
    expect(dispatch.prices[1]).toBeCloseTo(16, 3)
    expect(checkDispatch(network, dispatch)).toEqual([])
  })

  it('names what cannot be satisfied', async () => {
    const network = { ...twoBuses, generators: twoBuses.generators.slice(1) }
    await expect(dispatchPower(network)).rejects.toThrow(/balance of bus 1.*flow of branch 0/)
    await expect(dispatchPower({ ...twoBuses, generators: [{ bus: 9, min: 0, max: 1, cost: [] }] })).rejects.toThrow(
      'generators.bus, row 0',
    )
  })

  it('reads a MATPOWER case without what is out of service', () => {
    const network = parseMatpower(`
      mpc.baseMVA = 100.0;
      mpc.bus = [ 1 3 10 0 2 0 1 1 0 230 1 1.1 0.9; % one
        2 4 5 0 0 0 1 1 0 230 1 1.1 0.9; ];
      mpc.gen = [ 1 0 0 0 0 1 100 1 40 5; 1 0 0 0 0 1 100 0 40 0; ];
      mpc.gencost = [ 2 0 0 3 0.1 14 7; 2 0 0 3 0 1 0; ];
      mpc.branch = [ 1 2 0.01 0.1 0 50 0 0 0 0 1 -30 30; ];`)
    expect(network).toEqual({
      baseMva: 100,
      buses: [{ id: 1, demand: 10, shunt: 2, reference: true }],
      generators: [{ bus: 1, min: 5, max: 40, cost: [7, 14, 0.1] }],
      branches: [],
    })
    expect(() => parseMatpower('mpc.baseMVA = 100')).toThrow('mpc.bus')
  })

  it('takes two zeros for no limit of an angle, as MATPOWER does', () => {
    const { branches } = parseMatpower(`
      mpc.baseMVA = 100.0;
      mpc.bus = [ 1 3 10 0 2 0 1 1 0 230 1 1.1 0.9; 2 1 5 0 0 0 1 1 0 230 1 1.1 0.9; ];
      mpc.gen = [ 1 0 0 0 0 1 100 1 40 5; ];
      mpc.gencost = [ 2 0 0 3 0.1 14 7; ];
      mpc.branch = [ 1 2 0.01 0.1 0 50 0 0 0 0 1 0 0; 1 2 0.01 0.1 0 50 0 0 0 0 1 -360 360; 1 2 0.01 0.1 0 50 0 0 0 0 1 0 30; ];`)
    expect(branches.map(({ angle }) => angle)).toEqual([undefined, undefined, [0, 30]])
  })
})
