// Jest's transformer: types are stripped, not checked (`tsc` does that), so a test starts in milliseconds.
const { createHash } = require('node:crypto');
const esbuild = require('esbuild');

// Jest cannot run import() in CommonJS; a lazily loaded module becomes a lazily called require.
const supported = { 'dynamic-import': false };
const options = { loader: 'ts', format: 'cjs', target: 'node20', sourcemap: 'inline', supported };
const version = `${esbuild.version} ${JSON.stringify(options)}`;

module.exports = {
  process(source, sourcefile) {
    return { code: esbuild.transformSync(source, { ...options, sourcefile }).code };
  },
  getCacheKey(source, sourcefile) {
    return createHash('sha256').update([version, sourcefile, source].join('\0')).digest('hex');
  },
};
