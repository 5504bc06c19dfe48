import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/**
 * Lets esbuild leave out what a handler does not use of a client of AWS. Its schemas name fields by constants in brackets,
 * as in `{ [_xN]: _A }`, which to esbuild is code that may do something, and so keeps the schema. Written out, it is not.
 */
export const plainSchemas: Plugin = {
  name: 'plain-schemas',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/][\w-]+\.js$/ }, ({ path }) => {
      return { contents: withPlainNames(readFileSync(path, 'utf8')), loader: 'js' };
    });
  },
};

/** A module with `"name":` wherever it has `[constant]:` for a constant of its own that is this text. */
export function withPlainNames(source: string): string {
  const names = new Map<string, string>();
  for (const [, constant, text] of source.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)) {
    names.set(constant as string, text as string);
  }
  return source.replace(/\[(_\w+)\]:/g, (found, constant: string) => {
    const text = names.get(constant);
    return text === undefined ? found : `${text}:`;
  });
}
