// Jest's transformer: types are stripped, not checked (`tsc` does that), so a test starts in milliseconds.
const { createHash } = require('node:crypto');
const esbuild = require('esbuild');

/** @type {import('esbuild').TransformOptions} */
const options = {
  loader: 'ts',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  // Jest cannot run import() in CommonJS: a module loaded lazily becomes a require called lazily.
  supported: { 'dynamic-import': false },
};
const version = `${esbuild.version} ${JSON.stringify(options)}`;

module.exports = {
  /**
   * @param {string} source
   * @param {string} sourcefile
   */
  process(source, sourcefile) {
    return { code: esbuild.transformSync(source, { ...options, sourcefile }).code };
  },
  /**
   * @param {string} source
   * @param {string} sourcefile
   */
  getCacheKey(source, sourcefile) {
    return createHash('sha256').update([version, sourcefile, source].join('\0')).digest('hex');
  },
};
