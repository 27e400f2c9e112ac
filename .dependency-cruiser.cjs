/** Boundaries of docs/architecture.md, one rule each. @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment:
        'The decision core must be testable with plain data: no I/O, clock, randomness or environment. The three packages ' +
        'are functions of their arguments: YAML text, JSON Schema, edit distance.',
      severity: 'error',
      from: { path: '^src/domain' },
      to: {
        pathNot: '^(src/domain|node:crypto$|crypto$|node_modules/(@types/)?(yaml|ajv|fastest-levenshtein)/)',
      },
    },
    {
      name: 'ports-speak-domain',
      comment: 'A port is a promise in the words of the domain; a type of a library there would leak the adapter.',
      severity: 'error',
      from: { path: '^src/ports' },
      to: { pathNot: '^(src/(ports|domain)|node:stream$|stream$)' },
    },
    {
      name: 'render-is-pure',
      comment: 'Rendering turns results into text; golden tests need no world.',
      severity: 'error',
      from: { path: '^src/render' },
      to: { pathNot: '^(src/(render|domain)|node:crypto$|crypto$)' },
    },
    {
      name: 'flows-use-ports',
      comment: 'Flows are tested with fakes; an adapter in there would bring the network into the tests.',
      severity: 'error',
      from: { path: '^src/flows' },
      to: { path: '^src/', pathNot: '^src/(flows|ports|domain|render)' },
    },
    {
      name: 'flows-import-no-packages',
      comment: 'What a flow needs from the world comes through a port.',
      severity: 'error',
      from: { path: '^src/flows' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'adapters-do-not-meet',
      comment: 'Adapters of different ports never import each other; what they share belongs in the domain or a port.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/([^/]+)/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'adapters-know-ports-only',
      comment: 'An adapter fulfils a port; it knows nothing of flows or entry points.',
      severity: 'error',
      from: { path: '^src/adapters' },
      to: { path: '^src/', pathNot: '^src/(adapters|ports|domain)' },
    },
    {
      name: 'only-github-adapter-talks-octokit',
      comment: 'GitHub is behind a port, so that flows run against a fake and a second forge stays possible.',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(adapters/github/|app\\.ts|server\\.ts|cli/demo/)' },
      to: { path: 'node_modules/(probot|@octokit)/' },
    },
    {
      name: 'forge-stands-alone',
      comment:
        'The local GitHub is an independent judge: were it to share code with Sluice, it would share its errors.',
      severity: 'error',
      from: { path: '^src/forge' },
      to: { path: '^src/', pathNot: '^src/forge' },
    },
    {
      name: 'forge-is-not-known',
      comment: 'Sluice reaches the forge only as it would reach a GitHub Enterprise server.',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(forge|cli/(demo|try)/)' },
      to: { path: '^src/forge' },
    },
    {
      name: 'compose-chooses-adapters',
      comment: 'Two files say which adapters run, of the server and of what it starts; everything else asks for ports.',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/(adapters|compose(-parts)?\\.ts)' },
      to: { path: '^src/adapters' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle is one module in several files.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'An import that does not resolve is a typo or a missing package.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
