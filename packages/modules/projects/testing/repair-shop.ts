import { operation } from '@guildhall/kernel'
import { z } from 'zod'
import { defineBlueprint, type Blueprint } from '../blueprint.ts'

const estimateRepair = operation({
  name: 'repair-shop.estimate',
  summary: 'Estimate what a repair costs',
  route: 'POST /repair-shop/estimate',
  permission: 'repair-shop:use',
  readOnly: true,
  input: z.object({ hours: z.number().min(0) }),
  output: z.object({ price: z.number() }),
  run: async ({ hours }) => ({ price: hours * 80 }),
})

/** A small blueprint with one of everything. */
export const repairShop: Blueprint = defineBlueprint({
  id: 'repair-shop',
  version: 1,
  title: 'Repair shop',
  summary: 'Repairs and customers',
  audience: 'Workshops',
  icon: 'i-lucide-wrench',
  standards: [],
  collections: [
    {
      key: 'repairs',
      title: 'Repairs',
      singular: 'repair',
      description: 'What is being mended',
      icon: 'i-lucide-wrench',
      titleMember: 'item',
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['item'],
        properties: {
          item: { type: 'string', title: 'Item', minLength: 1, 'x-search': true },
          state: { type: 'string', enum: ['waiting', 'done'], default: 'waiting' },
          price: { type: 'number', 'x-unit': 'USD' },
          customer: { type: 'string', 'x-collection': 'customers' },
          photo: { type: 'string', 'x-bucket': 'repair-photos' },
        },
      },
    },
    {
      key: 'customers',
      title: 'Customers',
      singular: 'customer',
      description: 'Who brings things',
      icon: 'i-lucide-user',
      titleMember: 'name',
      schema: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
    },
  ],
  buckets: [{ name: 'repair-photos', title: 'Photos', accept: ['image/*'] }],
  knowledge: [{ key: 'manuals', title: 'Manuals' }],
  agents: [
    {
      key: 'clerk',
      name: 'Clerk',
      description: 'Answers at the counter',
      instructions: 'Answer from the manuals.',
      tools: ['repair-shop.estimate'],
      knowledge: ['manuals'],
      starters: ['What does it cost?'],
    },
  ],
  views: [
    { key: 'repairs', kind: 'table', title: 'Repairs', collection: 'repairs', members: ['item', 'state', 'price'] },
    { key: 'board', kind: 'board', title: 'Board', collection: 'repairs', groupBy: 'state', members: ['item'] },
    {
      key: 'income',
      kind: 'chart',
      title: 'Income',
      collection: 'repairs',
      chart: 'bar',
      groupBy: 'state',
      measure: { function: 'sum', member: 'price' },
    },
  ],
  operations: [estimateRepair],
  async sample(ctx, project, { seed, days }) {
    await ctx.transaction((tx) =>
      tx.services.records.createMany(tx, {
        projectId: project.id,
        collection: 'repairs',
        rows: Array.from({ length: 3 }, (_, index) => ({
          id: `0193a000-0000-7000-8000-${String(seed * 100 + index).padStart(12, '0')}`,
          data: { item: `Lamp ${String(index)}`, price: days },
        })),
      }),
    )
  },
})

/** The next version: stricter, renamed, with a new collection, agent and base, and without customers. */
export const repairShopNext: Blueprint = {
  ...repairShop,
  version: 2,
  collections: repairShop.collections
    .filter((collection) => collection.key !== 'customers')
    .map((collection) => ({
      ...collection,
      schema: {
        ...collection.schema,
        required: ['item', 'price'],
        properties: {
          item: { type: 'string', title: 'Thing', minLength: 1 },
          state: { type: 'string', enum: ['waiting', 'done', 'lost'], default: 'waiting', 'x-search': true },
          price: { type: 'number', minimum: 0, 'x-unit': 'EUR' },
          colour: { type: 'string' },
        },
      },
    })),
  knowledge: [...repairShop.knowledge, { key: 'prices', title: 'Prices' }],
  agents: [
    ...repairShop.agents.map((agent) => ({
      ...agent,
      instructions: 'Answer from manuals and prices.',
      knowledge: ['manuals', 'prices'],
    })),
    {
      key: 'buyer',
      name: 'Buyer',
      description: 'Orders parts',
      instructions: 'Order.',
      tools: [],
      knowledge: [],
      starters: [],
    },
  ],
  views: repairShop.views.filter((view) => view.key !== 'income'),
}
