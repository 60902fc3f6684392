import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import type { Endpoint } from './endpoint.ts'
import type { Job } from './job.ts'
import type { Module } from './module.ts'
import { pathParameters, type AnyOperation } from './operation.ts'

/** All that the modules of one installation offer, by name. */
export interface Catalogue {
  modules: readonly Module[]
  operations: ReadonlyMap<string, AnyOperation>
  endpoints: readonly Endpoint[]
  jobs: ReadonlyMap<string, Job>
}

/** @throws Error on two things of one name or route: a mistake of the composition, found before the first request. */
export function createCatalogue(modules: readonly Module[]): Catalogue {
  const operations = new Map<string, AnyOperation>()
  const jobs = new Map<string, Job>()
  const endpoints: Endpoint[] = []
  const routes = new Set<string>()
  const claim = (name: string, route: string) => {
    const shape = route.replaceAll(/\{\w+\}/g, '{}')
    if (routes.has(shape)) throw new Error(`${name}: route ${route} is taken`)
    routes.add(shape)
  }
  for (const module of modules) {
    for (const operation of module.operations ?? []) {
      if (operations.has(operation.name)) throw new Error(`Two operations are named ${operation.name}`)
      for (const parameter of pathParameters(operation.route))
        if (!inputFields(operation).includes(parameter))
          throw new Error(`${operation.name}: path parameter ${parameter} is not in its input`)
      claim(operation.name, operation.route.replace(' /', ' /api/'))
      operations.set(operation.name, operation)
    }
    for (const endpoint of module.endpoints ?? []) {
      claim(endpoint.name, endpoint.route)
      endpoints.push(endpoint)
    }
    for (const job of module.jobs ?? []) {
      if (jobs.has(job.name)) throw new Error(`Two jobs are named ${job.name}`)
      jobs.set(job.name, job)
    }
  }
  return { modules, operations, endpoints, jobs }
}

/** Names of the top-level members of an operation's input, when it is an object. */
export function inputFields(operation: AnyOperation): string[] {
  const input = operation.input
  return 'shape' in input && typeof input.shape === 'object' && input.shape !== null ? Object.keys(input.shape) : []
}

/** The tables of schema files, for checks that go over all of them. */
export function tablesIn(schemas: readonly Record<string, unknown>[]): PgTable[] {
  const tables = new Map<string, PgTable>()
  for (const schema of schemas)
    for (const value of Object.values(schema))
      if (value instanceof PgTable) tables.set(getTableConfig(value).name, value)
  return [...tables.values()]
}
