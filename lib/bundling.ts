/**
 * How a handler becomes one file: esbuild's names, which are also those of the CDK's `BundlingOptions`.
 * No CDK here, so that the bundle budget can measure exactly what is deployed.
 */
export const lambdaBundling = {
  target: 'node24',
  minify: true,
  // ES modules first: what a handler does not use of a library is left out, and the import takes half as long.
  mainFields: ['module', 'main'],
  // The SDK that Lambda provides changes on its own; ours is the one the tests ran with.
  externalModules: [] as string[],
  // Paths are relative to the project's folder, from where esbuild must run.
  alias: { '@aws-sdk/credential-provider-node': './lambda/function-credentials.ts' },
  // Libraries written as CommonJS call require() for Node's own modules, which an ES module does not have.
  banner: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
};
