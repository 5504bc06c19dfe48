import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { transformSync } from 'esbuild';
import { withPlainNames } from '../../lib/plain-schemas';

describe('schemas with plain names', () => {
  it('have the texts of constants in place of the module’s own constants, and of no others', () => {
    const source =
      'const _xN = "xmlName";\nconst _n = 3;\nexport var A$ = [[_xN], { [_xN]: _xN, [_n]: 1, [_other]: 2 }];\n';
    expect(withPlainNames(source)).toBe(source.replace('{ [_xN]:', '{ "xmlName":'));
  });

  it('say the same', () => {
    const folder = path.dirname(require.resolve('@aws-sdk/client-ec2/package.json'));
    const source = readFileSync(path.join(folder, 'dist-es/schemas/schemas_0.js'), 'utf8');
    const plain = withPlainNames(source);
    expect(plain).not.toMatch(/\[_\w+\]:/);
    const schemas = schemasIn(source);
    expect(Object.keys(schemas).length).toBeGreaterThan(1_000);
    expect(JSON.stringify(schemasIn(plain))).toBe(JSON.stringify(schemas));
  });
});

/** All that a module of schemas exports; what would come from other modules left out. */
function schemasIn(source: string): object {
  const alone = source.replace(/^import .*$|^_s_registry\..*$/gm, '').replace(/new TypeRegistry\(\w+\)/, 'undefined');
  const module = { exports: {} };
  runInNewContext(transformSync(alone, { format: 'cjs' }).code, { module });
  return { ...module.exports };
}
