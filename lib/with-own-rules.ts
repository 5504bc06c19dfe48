import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import { kit, ownRuleFiles } from '../lambda/config/own-rules';

const LIST = path.join(__dirname, '..', 'lambda', 'rules', 'index.ts');

/** Puts the rules of the folders behind the shipped ones in a bundle, as reading the configuration did at synth. */
export function withOwnRules(folders: readonly string[]): Plugin {
  return {
    name: 'with-own-rules',
    setup(build) {
      const files = folders.flatMap(ownRuleFiles);
      if (files.length === 0) return;
      build.onResolve({ filter: /^trailhound$/ }, () => ({ path: kit() }));
      build.onLoad({ filter: /index\.ts$/ }, ({ path: file }) => {
        if (file !== LIST) return undefined;
        const imports = files.map((own, index) => `import own${index} from ${JSON.stringify(own)};`);
        const names = files.map((_, index) => `own${index}`);
        const contents = [...imports, readFileSync(file, 'utf8'), `(RULES as Rule[]).push(${names.join(', ')});`];
        return { contents: contents.join('\n'), loader: 'ts' };
      });
    },
  };
}
