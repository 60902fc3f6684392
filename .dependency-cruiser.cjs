/** The arrows of docs/architecture.md: packages import only what stands above them, modules meet at their index.ts. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${name}: may import only ${allowed.join(', ') || 'nothing of ours'}`,
  from: { path: `^packages/${from}/` },
  to: { path: '^packages/', pathNot: [from, ...allowed].map((folder) => `^packages/${folder}/`) },
})
module.exports = {
  forbidden: [
    only('engines-are-pure', 'engines', []),
    only('standards-are-pure', 'standards', []),
    only('kernel-stands-alone', 'kernel', []),
    only('modules-import-kernel', 'modules', ['kernel', 'engines', 'standards']),
    only('blueprints-import-modules', 'blueprints', ['kernel', 'modules', 'engines', 'standards']),
    only('console-imports-nothing', 'console', []),
    {
      name: 'modules-meet-at-index',
      severity: 'error',
      comment: 'A module reaches another one only through its index.ts',
      from: { path: '^packages/modules/([^/]+)/' },
      to: { path: '^packages/modules/', pathNot: '^packages/modules/($1/|[^/]+/index\\.ts$)' },
    },
    {
      name: 'modules-from-outside-through-index',
      severity: 'error',
      comment: 'Blueprints and the server reach a module only through its index.ts',
      from: { path: '^packages/(blueprints|server)/' },
      to: { path: '^packages/modules/', pathNot: '^packages/modules/[^/]+/index\\.ts$' },
    },
    {
      name: 'kernel-from-outside-through-index',
      severity: 'error',
      from: { path: '^packages/(modules|blueprints|server)/' },
      to: { path: '^packages/kernel/', pathNot: '^packages/kernel/(index|testing/index)\\.ts$' },
    },
    {
      name: 'blueprints-are-independent',
      severity: 'error',
      from: { path: '^packages/blueprints/([^/]+)/' },
      to: { path: '^packages/blueprints/', pathNot: '^packages/blueprints/$1/' },
    },
    {
      name: 'engines-meet-at-index',
      severity: 'error',
      comment: 'An engine reaches another one, the contract and the numerics only through index.ts',
      from: { path: '^packages/engines/([^/]+)/' },
      to: { path: '^packages/engines/', pathNot: '^packages/engines/($1/|[^/]+/index\\.ts$)' },
    },
    {
      name: 'engines-have-no-io',
      severity: 'error',
      comment: 'Engines and standards are pure: no files, network or processes (tests may)',
      from: { path: '^packages/(engines|standards)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(node:)?(fs|net|http|https|child_process|dgram|tls)(/|$)', dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|\\.nuxt-ui)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
}
