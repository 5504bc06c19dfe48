// The seams between the folders: what may import what.
const io =
  '^(node:)?(child_process|cluster|dgram|dns|fs|http2?|https|inspector|net|process|readline|repl|tls|tty|worker_threads)(/|$)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'rules-are-pure',
      comment:
        'A rule is data and pure functions: it names the event, the settings and what a window is, nothing else.',
      severity: 'error',
      from: { path: '^lambda/rules/' },
      to: { pathNot: '^lambda/(rules/|intake/|windows/(verdict|slots))|(^|/)node_modules/ipaddr\\.js/' },
    },
    {
      name: 'rules-reach-no-io',
      comment: 'Not through a neighbour either: rules run in the detector, at synth and over files alike.',
      severity: 'error',
      from: { path: '^lambda/rules/' },
      to: { path: ['(^|/)node_modules/(@aws-|aws-cdk|constructs/)', io], reachable: true },
    },
    {
      name: 'lambda-knows-no-deployment',
      comment: 'So a handler bundle cannot carry the CDK, or the reading of files.',
      severity: 'error',
      from: { path: '^lambda/' },
      to: { path: '^(lib|bin|replay|test|scripts|bench)/' },
    },
    {
      name: 'lib-sees-rules-and-config-only',
      comment: 'What is deployed follows from the rules and the configuration; handlers are named by path.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(lambda/(?!rules/|config/)|bin/|replay/|test/|scripts/|bench/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|cdk\\.out|coverage)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types count: a layer that only names another's types still depends on it.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
