import { methodOf, pathOf, pathParameters, type AnyOperation, type Catalogue, type Endpoint } from '@guildhall/kernel'
import { jsonSchemaOf, propertiesOf, requiredOf, type JsonSchema } from './json-schema.ts'

const clientHeader = {
  name: 'x-guildhall-client',
  in: 'header',
  required: false,
  description:
    'Slug of the client that the request works for. Without it: the agency, or the only tenant of the caller.',
  schema: { type: 'string' },
}
const idempotencyHeader = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes a retry safe: same key and body answer the same, another body is refused with 422.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

/** The OpenAPI 3.1 document of everything that is served, derived from the catalogue. */
export function openApiDocument(catalogue: Catalogue, info: { version: string; url: string }): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {}
  const schemas: Record<string, unknown> = { Problem: problemSchema }
  const put = (path: string, method: string, operation: unknown) => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation }
  }
  for (const operation of catalogue.operations.values())
    put(`/api${pathOf(operation.route)}`, methodOf(operation.route), describeOperation(operation, schemas))
  for (const endpoint of catalogue.endpoints) {
    const [method = 'GET', path = '/'] = endpoint.route.split(' ')
    put(path.replaceAll('...}', '}'), method, describeEndpoint(endpoint, schemas))
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Guildhall',
      version: info.version,
      summary: 'An AI agency platform: agents, knowledge, records and runs of all of an agency’s clients.',
      description: [
        'Send an API key as `Authorization: Bearer gh_...`. A key of the agency acts for one of its clients with the header `x-guildhall-client: <slug>`; without it, for the agency itself.',
        'Lists take `limit`, `cursor`, `sort` (a `-` before the field for descending), `q` and filters by name, and answer `items`, `nextCursor` and `total`.',
        'Errors are RFC 9457 problem details with a `requestId`; bad input names its fields in `errors`. A request that changes something can be repeated safely with the same `Idempotency-Key`.',
        'Costs are USD micro-units (1,000,000 = 1 USD); null means that the price is not known. The same operations are MCP tools at `/mcp`, and `/v1` speaks the OpenAI protocol.',
      ].join('\n\n'),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: info.url }],
    security: [{ apiKey: [] }, { session: [] }],
    tags: [...new Set([...catalogue.operations.keys(), ...catalogue.endpoints.map((e) => e.name)].map(areaOf))]
      .toSorted()
      .map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'API key of an agency or a client, `gh_...`.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'guildhall.session_token',
          description: 'Session of the console.',
        },
      },
    },
  }
}

function areaOf(name: string): string {
  return name.slice(0, name.indexOf('.'))
}

function describeOperation(operation: AnyOperation, schemas: Record<string, unknown>): JsonSchema {
  const method = methodOf(operation.route)
  const input = hoist(jsonSchemaOf(operation.input, 'input'), schemas)
  const properties = propertiesOf(input)
  const required = new Set(requiredOf(input))
  const inPath = pathParameters(operation.route)
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name))
  const read = method === 'GET' || method === 'DELETE'
  const { description: _d, ...bodySchema } = input
  const parameters = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] ?? { type: 'string' } })),
    ...(read
      ? rest.map((name) => ({ name, in: 'query', required: required.has(name), schema: properties[name] }))
      : []),
    ...(operation.tenant === 'none' || operation.permission === 'public' ? [] : [clientHeader]),
    ...(read ? [] : [idempotencyHeader]),
  ]
  const body = {
    ...bodySchema,
    properties: Object.fromEntries(rest.map((name) => [name, properties[name]])),
    required: [...required].filter((name) => !inPath.includes(name)),
  }
  return {
    operationId: operation.name,
    tags: [areaOf(operation.name)],
    summary: operation.summary,
    ...(operation.description ? { description: operation.description } : {}),
    ...(operation.permission === 'public' ? { security: [] } : {}),
    'x-permission': operation.permission,
    parameters,
    ...(read || rest.length === 0
      ? {}
      : {
          requestBody: {
            required: body.required.length > 0,
            content: {
              'application/json': { schema: properties && Object.keys(properties).length > 0 ? body : input },
            },
          },
        }),
    responses: {
      [String(operation.status ?? 200)]: {
        description: 'Done',
        content: { 'application/json': { schema: hoist(jsonSchemaOf(operation.output, 'output'), schemas) } },
      },
      default: problemReference,
    },
  }
}

function describeEndpoint(endpoint: Endpoint, schemas: Record<string, unknown>): JsonSchema {
  const path = endpoint.route.slice(endpoint.route.indexOf(' ') + 1)
  const parameters = [...path.matchAll(/\{(\w+)(\.\.\.)?\}/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const content = (
    part: { contentType: string; schema?: Parameters<typeof jsonSchemaOf>[0] },
    io: 'input' | 'output',
  ) => ({
    [part.contentType]: { schema: part.schema ? hoist(jsonSchemaOf(part.schema, io), schemas) : {} },
  })
  return {
    operationId: endpoint.name,
    tags: [areaOf(endpoint.name)],
    summary: endpoint.summary,
    ...(endpoint.permission === 'public' ? { security: [] } : {}),
    'x-permission': endpoint.permission,
    parameters: [
      ...parameters,
      ...(endpoint.tenant === 'none' || endpoint.permission === 'public' ? [] : [clientHeader]),
    ],
    ...(endpoint.request ? { requestBody: { content: content(endpoint.request, 'input') } } : {}),
    responses: {
      '200': { description: 'Done', ...(endpoint.response ? { content: content(endpoint.response, 'output') } : {}) },
      default: problemReference,
    },
  }
}

/** Named schemas move to `components`, where every reader of OpenAPI looks for them. */
function hoist(schema: JsonSchema, schemas: Record<string, unknown>): JsonSchema {
  const { $defs, ...rest } = schema
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        key === '$ref' && typeof member === 'string'
          ? member.replace('#/$defs/', '#/components/schemas/')
          : walk(member),
      ]),
    )
  }
  if (typeof $defs === 'object' && $defs !== null)
    for (const [name, definition] of Object.entries($defs)) schemas[name] = walk(definition)
  const walked = walk(rest)
  return typeof walked === 'object' && walked !== null ? { ...walked } : {}
}

const problemReference = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}
