import { newId, type Tenant } from '@guildhall/kernel'
import { startTestRuntime, type TestRuntime } from '@guildhall/kernel/testing'
import { filesModule } from '@guildhall/modules/files'
import { recordsModule } from '@guildhall/modules/records'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { projectsModule, type Blueprint } from './index.ts'
import { createProject } from './operations/create-project.ts'
import { getProject } from './operations/get-project.ts'
import { listBlueprints } from './operations/list-blueprints.ts'
import { listProjects } from './operations/list-projects.ts'
import { previewUpgrade } from './operations/preview-upgrade.ts'
import { removeProject } from './operations/remove-project.ts'
import { sampleProject } from './operations/sample-project.ts'
import { updateProject } from './operations/update-project.ts'
import { upgradeProject } from './operations/upgrade-project.ts'
import { projects } from './schema.ts'
import { repairShop, repairShopNext } from './testing/repair-shop.ts'
import { standIns, type StandIns } from './testing/stand-ins.ts'

let app: TestRuntime
let alpha: Tenant
let beta: Tenant
let ports: StandIns
/** What this installation brings; tests put the next version in. */
const blueprints: Blueprint[] = [repairShop]
beforeAll(async () => {
  ports = standIns()
  app = await startTestRuntime({
    modules: [filesModule(), recordsModule, projectsModule(blueprints)],
    services: ports.services,
    worker: true,
  })
  ;[alpha, beta] = app.clients
})
afterAll(() => app.stop())
afterEach(() => {
  blueprints.splice(0, 1, repairShop)
})

const admin = () => app.as('admin', alpha)
const create = (more: { name?: string; sampleData?: boolean } = {}) =>
  app.run(createProject, { blueprint: 'repair-shop', ...more }, admin())
const get = (id: string) => app.run(getProject, { id }, admin())
const addRecord = (projectId: string, data: Record<string, unknown>, collection = 'repairs') =>
  app.context(admin()).transaction((tx) => tx.services.records.create(tx, { projectId, collection, data }))
const records = (projectId: string, collection = 'repairs', q?: string) =>
  app
    .context(admin())
    .transaction(
      async (tx) => (await tx.services.records.list(tx, { projectId, collection, ...(q ? { q } : {}) })).items,
    )
async function settled(id: string) {
  app.worker?.wake()
  return vi.waitFor(
    async () => {
      const { sample } = await get(id)
      expect(sample.state).not.toBe('running')
      return sample
    },
    { timeout: 10_000 },
  )
}
/** A project of the first version with records and overrides, in an installation that has the next one. */
async function projectBefore() {
  const project = await create()
  await addRecord(project.id, { item: 'Lamp', price: 5, state: 'done' })
  await addRecord(project.id, { item: 'Chair' })
  await addRecord(project.id, { item: 'Table', price: -1, customer: 'Ada' })
  await addRecord(project.id, { name: 'Ada' }, 'customers')
  await app.run(
    updateProject,
    {
      id: project.id,
      overrides: {
        collections: {
          repairs: {
            members: { item: { title: 'My item' }, photo: { hidden: true } },
            added: { colour: { type: 'string' }, shelf: { type: 'string' } },
          },
          customers: { title: 'People' },
        },
        views: { income: { title: 'Money' } },
      },
    },
    admin(),
  )
  blueprints.splice(0, 1, repairShopNext)
  return project
}

describe('a blueprint', () => {
  it('is listed with what it brings', async () => {
    const { items } = await app.run(listBlueprints, {}, app.as('viewer', alpha))
    expect(items).toMatchObject([
      { id: 'repair-shop', version: 1, agents: [{ key: 'clerk' }], operations: [{ name: 'repair-shop.estimate' }] },
    ])
  })

  it.each<[string, Partial<Blueprint>]>([
    [
      'view repairs shows the member colour',
      { views: [{ key: 'repairs', kind: 'table', title: 'R', collection: 'repairs', members: ['colour'] }] },
    ],
    [
      'shows the collection cars',
      { views: [{ key: 'x', kind: 'table', title: 'R', collection: 'cars', members: [] }] },
    ],
    ['refers to the bucket repair-photos', { buckets: [] }],
    ['knows the base manuals', { knowledge: [] }],
    ['two of its parts are the view board', { views: [...repairShop.views, ...repairShop.views.slice(1, 2)] }],
    [
      'speaks of the member title',
      { collections: repairShop.collections.map((each) => ({ ...each, titleMember: 'title' })) },
    ],
    [
      'repairs is not valid',
      {
        collections: repairShop.collections.map((each) => ({
          ...each,
          schema: { ...each.schema, required: ['item', 'item'] },
        })),
      },
    ],
  ])('with a mistake stops the start: %s', (message, mistake) => {
    const module = projectsModule([{ ...repairShop, ...mistake }])
    expect(() => module.services?.(app.runtime)).toThrow(message)
  })
})

describe('a project', () => {
  it('is created with its knowledge, agents and buckets, and shows all that the console draws', async () => {
    const project = await create({ name: 'Corner shop' })
    expect(project).toMatchObject({
      name: 'Corner shop',
      blueprint: { id: 'repair-shop', version: 1 },
      upgradeTo: null,
      demo: false,
      sample: { state: 'none', error: null },
      agents: [{ key: 'clerk', name: 'Clerk', starters: ['What does it cost?'] }],
      knowledge: [{ key: 'manuals' }],
      buckets: [{ name: 'repair-photos' }],
      operations: [
        {
          name: 'repair-shop.estimate',
          method: 'POST',
          route: '/api/repair-shop/estimate',
          input: { properties: { hours: { type: 'number' } } },
        },
      ],
    })
    expect(project.collections.map((collection) => collection.key)).toEqual(['repairs', 'customers'])
    expect(project.views.map((view) => view.key)).toEqual(['repairs', 'board', 'income'])
    expect(ports.installed.at(-1)).toMatchObject({
      projectId: project.id,
      origin: { blueprint: 'repair-shop', key: 'clerk', version: 1 },
      knowledgeBaseIds: [project.knowledge[0]?.id],
    })
    expect(app.runtime.services.files.bucket('repair-photos').accept).toEqual(['image/*'])
    expect(await get(project.id)).toEqual(project)
  })

  it('of an unknown blueprint is refused, naming those that there are', async () => {
    await expect(app.run(createProject, { blueprint: 'cafe' }, admin())).rejects.toMatchObject({
      errors: [{ field: 'blueprint', message: 'must be one of repair-shop' }],
    })
  })

  it('gets its sample data in the background', async () => {
    const project = await create({ sampleData: true })
    expect(project).toMatchObject({ demo: true, sample: { state: 'running' } })
    expect(await settled(project.id)).toEqual({ state: 'ready', error: null })
    expect(await records(project.id)).toHaveLength(3)
    await expect(app.run(sampleProject, { id: project.id }, admin())).rejects.toMatchObject({ status: 409 })
  })

  it('says why its sample data did not come, and can try again', async () => {
    let broken = true
    blueprints.splice(0, 1, {
      ...repairShop,
      sample: async (ctx, project, options) => {
        if (broken) throw new Error('The generator is out of lamps')
        await repairShop.sample(ctx, project, { ...options, seed: 7 })
      },
    })
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const project = await create({ sampleData: true })
    expect(await settled(project.id)).toEqual({ state: 'failed', error: 'The generator is out of lamps' })
    broken = false
    await app.run(sampleProject, { id: project.id }, admin())
    expect(await settled(project.id)).toMatchObject({ state: 'ready' })
    vi.restoreAllMocks()
  })

  it('belongs to its tenant', async () => {
    const { id } = await create()
    const stranger = app.as('owner', beta)
    await expect(app.run(getProject, { id }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(updateProject, { id, name: 'x' }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(previewUpgrade, { id }, stranger)).rejects.toMatchObject({ status: 404 })
    await expect(app.run(removeProject, { id, confirm: 'Repair shop' }, stranger)).rejects.toMatchObject({
      status: 404,
    })
    expect((await app.run(listProjects, {}, stranger)).items).toEqual([])
    await expect(
      app.context(stranger).transaction((tx) => tx.services.collections.collection(tx, id, 'repairs')),
    ).rejects.toMatchObject({ status: 404 })
    await expect(app.run(removeProject, { id, confirm: 'Repair shop' }, app.as('member', alpha))).rejects.toMatchObject(
      { status: 403 },
    )
  })

  it('is removed only by its name, with its records, knowledge, files and agents', async () => {
    const { id } = await create({ name: 'Old shop' })
    await addRecord(id, { item: 'Lamp' })
    const context = app.context(admin())
    const file = await context.services.files.save(context, {
      name: 'a.txt',
      bucket: 'files',
      body: Buffer.from('x'),
      projectId: id,
    })
    await expect(app.run(removeProject, { id, confirm: 'old shop' }, admin())).rejects.toMatchObject({
      errors: [{ field: 'confirm' }],
    })
    await app.run(removeProject, { id, confirm: 'Old shop' }, admin())
    await expect(get(id)).rejects.toMatchObject({ status: 404 })
    await expect(context.services.files.read(context, file.id)).rejects.toMatchObject({ status: 404 })
    expect(ports.archived).toContain(id)
    expect(ports.bases.some((base) => base.projectId === id)).toBe(false)
    const { rows } = await context.transaction((tx) =>
      tx.db.execute(`select 1 from record_history where project_id = '${id}'`),
    )
    expect(rows).toEqual([])
  })
})

describe('the project that an operation of a blueprint works in', () => {
  it('is the only one, or the one that is named', async () => {
    const context = app.context(app.as('member', beta))
    const resolve = (projectId?: string) => app.runtime.services.projects.resolve(context, 'repair-shop', projectId)
    await expect(resolve()).rejects.toMatchObject({
      errors: [{ field: 'projectId', message: expect.stringContaining('has no project') }],
    })
    const first = await app.run(createProject, { blueprint: 'repair-shop' }, app.as('admin', beta))
    expect(await resolve()).toEqual({
      id: first.id,
      knowledge: { manuals: first.knowledge[0]?.id },
      agents: { clerk: first.agents[0]?.id },
    })
    const second = await app.run(createProject, { blueprint: 'repair-shop' }, app.as('admin', beta))
    await expect(resolve()).rejects.toMatchObject({ errors: [{ message: expect.stringContaining('several') }] })
    expect(await resolve(second.id)).toMatchObject({ id: second.id })
    for (const wrong of [newId(), '../x'])
      await expect(resolve(wrong)).rejects.toMatchObject({ status: 400, errors: [{ field: 'projectId' }] })
  })
})

describe('what a client makes different', () => {
  it('changes titles, hides members and views, and adds members that records can have', async () => {
    const { id } = await create()
    await addRecord(id, { item: 'Lamp', price: 5 })
    const overrides = {
      collections: {
        repairs: {
          title: 'Jobs',
          members: { item: { title: 'Thing' }, price: { hidden: true } },
          added: {
            shelf: { type: 'string' as const, title: 'Shelf', 'x-search': true },
            labels: { type: 'array' as const },
          },
        },
      },
      views: { income: { hidden: true }, board: { title: 'Wall' } },
    }
    const changed = await app.run(updateProject, { id, name: 'Better name', overrides }, admin())
    expect(changed).toMatchObject({ name: 'Better name', overrides })
    expect(changed.collections[0]).toMatchObject({
      title: 'Jobs',
      schema: {
        properties: {
          item: { title: 'Thing', type: 'string' },
          price: { 'x-hidden': true },
          shelf: { 'x-added': true },
          labels: { items: { type: 'string' } },
        },
      },
    })
    expect(changed.views).toMatchObject([
      { key: 'repairs', members: ['item', 'state', 'shelf', 'labels'] },
      { key: 'board', title: 'Wall' },
    ])
    await addRecord(id, { item: 'Chair', shelf: 'B7', labels: ['a'] })
    await expect(addRecord(id, { item: 'Chair', shelf: 7 })).rejects.toMatchObject({
      errors: [{ field: 'data.shelf' }],
    })
    expect(await records(id, 'repairs', 'b7')).toHaveLength(1)
    expect((await records(id)).find((record) => record.data['item'] === 'Lamp')?.data['price']).toBe(5)
  })

  it.each([
    [{ collections: { cars: { title: 'x' } } }, 'overrides.collections.cars'],
    [
      { collections: { repairs: { members: { colour: { title: 'x' } } } } },
      'overrides.collections.repairs.members.colour',
    ],
    [
      { collections: { repairs: { members: { item: { hidden: true } } } } },
      'overrides.collections.repairs.members.item',
    ],
    [
      { collections: { repairs: { added: { price: { type: 'number' as const } } } } },
      'overrides.collections.repairs.added.price',
    ],
    [
      { collections: { repairs: { added: { x: { type: 'number' as const, format: 'date' as const } } } } },
      'overrides.collections.repairs.added.x.format',
    ],
    [
      { collections: { repairs: { added: { x: { type: 'integer' as const, enum: ['a'] } } } } },
      'overrides.collections.repairs.added.x.enum',
    ],
    [{ views: { map: { hidden: true } } }, 'overrides.views.map'],
  ])('is refused where it changes nothing or makes records impossible: %j', async (overrides, field) => {
    const { id } = await create()
    await expect(app.run(updateProject, { id, overrides }, admin())).rejects.toMatchObject({
      status: 400,
      errors: [{ field }],
    })
  })

  it('cannot bring in anything that a schema should not have', async () => {
    const { id } = await create()
    const added = (name: string, member: Record<string, unknown>) =>
      app.runtime.execute(
        updateProject,
        { id, overrides: { collections: { repairs: { added: { [name]: member } } } } },
        { caller: admin() },
      )
    await expect(added('x', { type: 'string', pattern: '(a+)+$' })).rejects.toMatchObject({ status: 400 })
    await expect(added('x', { $ref: 'http://example.test/' })).rejects.toMatchObject({ status: 400 })
    await expect(added('Bad name', { type: 'string' })).rejects.toMatchObject({ status: 400 })
    await expect(added('x', { type: 'object' })).rejects.toMatchObject({ status: 400 })
  })
})

describe('an upgrade', () => {
  it('is shown before it happens: what changes, what is kept, what will not fit', async () => {
    const { id } = await projectBefore()
    expect(await get(id)).toMatchObject({ upgradeTo: 2 })
    const plan = await app.run(previewUpgrade, { id }, admin())
    expect(plan).toMatchObject({
      from: 1,
      to: 2,
      available: true,
      changes: {
        collections: [
          { key: 'repairs', change: 'changed', differs: ['schema'] },
          { key: 'customers', change: 'removed' },
        ],
        views: [{ key: 'income', change: 'removed' }],
        agents: [
          { key: 'clerk', change: 'changed', differs: ['instructions', 'knowledge'] },
          { key: 'buyer', change: 'added' },
        ],
        knowledge: [{ key: 'prices', change: 'added' }],
        operations: [],
      },
      retained: [{ collection: 'customers', records: 1 }],
    })
    expect(plan.changes.collections[0]?.members).toEqual([
      { name: 'item', change: 'changed', differs: ['title', 'x-search'] },
      { name: 'state', change: 'changed', differs: ['enum', 'x-search'] },
      { name: 'price', change: 'changed', differs: expect.arrayContaining(['x-unit', 'minimum', 'required']) },
      { name: 'colour', change: 'added', differs: [] },
      { name: 'customer', change: 'removed', differs: [] },
      { name: 'photo', change: 'removed', differs: [] },
    ])
    expect(plan.overrides).toEqual([
      { path: 'collections.repairs.members.item', fate: 'kept' },
      { path: 'collections.repairs.members.photo', fate: 'resting' },
      { path: 'collections.repairs.added.colour', fate: 'replaced' },
      { path: 'collections.repairs.added.shelf', fate: 'kept' },
      { path: 'collections.customers.title', fate: 'resting' },
      { path: 'views.income', fate: 'resting' },
    ])
    const misfits = plan.misfits[0]?.items ?? []
    expect(plan.misfits).toMatchObject([{ collection: 'repairs', count: 2 }])
    expect(
      Object.fromEntries(misfits.map((misfit) => [misfit.title, misfit.errors.map((error) => error.field).sort()])),
    ).toEqual({
      Chair: ['data.price'],
      Table: ['data.customer', 'data.price'],
    })
    expect(await get(id)).toMatchObject({ blueprint: { version: 1 } })
  })

  it('keeps overrides, records and what is still in use, and brings the rest', async () => {
    const { id, agents, knowledge } = await projectBefore()
    const overridesBefore = (await get(id)).overrides
    const result = await app.run(upgradeProject, { id, to: 2 }, admin())
    expect(result).toMatchObject({ from: 1, to: 2, keptAgentOverrides: { clerk: ['starters'] } })
    const after = await get(id)
    expect(after).toMatchObject({ blueprint: { version: 2 }, upgradeTo: null, overrides: overridesBefore })
    expect(after.agents.map((agent) => agent.key)).toEqual(['clerk', 'buyer'])
    expect(after.agents[0]?.id).toBe(agents[0]?.id)
    expect(after.knowledge.map((base) => base.key)).toEqual(['manuals', 'prices'])
    expect(after.knowledge[0]?.id).toBe(knowledge[0]?.id)
    expect(ports.upgraded.at(-1)).toMatchObject({
      agentId: agents[0]?.id,
      knowledgeBaseIds: after.knowledge.map((base) => base.id),
      previous: { instructions: 'Answer from the manuals.' },
    })

    const repairs = after.collections.find((collection) => collection.key === 'repairs')
    expect(repairs?.schema).toMatchObject({
      properties: { item: { title: 'My item' }, colour: { type: 'string' }, shelf: { 'x-added': true } },
    })
    expect(after.collections.find((collection) => collection.key === 'customers')).toMatchObject({ retired: true })

    expect(await records(id, 'customers')).toHaveLength(1)
    const kept = await records(id)
    expect(kept.map((record) => String(record.data['item'])).sort()).toEqual(['Chair', 'Lamp', 'Table'])
    const chair = kept.find((record) => record.data['item'] === 'Chair')
    const change = (data: Record<string, unknown>) =>
      app
        .context(admin())
        .transaction((tx) =>
          tx.services.records.update(tx, { projectId: id, collection: 'repairs', id: chair?.id ?? '', data }),
        )
    await expect(change({ state: 'lost' })).rejects.toMatchObject({ errors: [{ field: 'data.price' }] })
    expect(await change({ state: 'lost', price: 3 })).toMatchObject({
      data: { item: 'Chair', state: 'lost', price: 3 },
    })

    // The searched member is another one now; the index follows in the background.
    await vi.waitFor(async () => expect(await records(id, 'repairs', 'done')).toHaveLength(1), { timeout: 10_000 })
  })

  it('that is not the one that was looked at, or not needed, is refused', async () => {
    const { id } = await projectBefore()
    await expect(app.run(upgradeProject, { id, to: 3 }, admin())).rejects.toMatchObject({
      status: 409,
      errors: [{ field: 'to' }],
    })
    await app.run(upgradeProject, { id }, admin())
    expect(await app.run(previewUpgrade, { id }, admin())).toMatchObject({ available: false, misfits: [] })
    await expect(app.run(upgradeProject, { id }, admin())).rejects.toMatchObject({ status: 409 })
  })

  it('of a project whose blueprint is gone changes nothing and says so', async () => {
    const { id } = await create()
    await app
      .context(admin())
      .transaction((tx) => tx.db.update(projects).set({ blueprintId: 'gone' }).where(eq(projects.id, id)))
    expect(await get(id)).toMatchObject({ upgradeTo: null, operations: [] })
    await expect(app.run(previewUpgrade, { id }, admin())).rejects.toMatchObject({
      status: 409,
      type: 'blueprint-missing',
    })
  })
})
