import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';
import type { Guide } from '../lambda/rules/rule';

/** All of them: the type asks for each name. */
const GUIDE: Record<keyof Guide, true> = {
  why: true,
  runbook: true,
  falsePositives: true,
  blindSpots: true,
  references: true,
};

/**
 * Leaves the guides out of the rules in a bundle: a third of it that no function reads from there (notify has them as
 * data). What only a guide used goes with it.
 */
export const withoutGuides: Plugin = {
  name: 'without-guides',
  setup(build) {
    const rules = `${path.join(__dirname, '..', 'lambda', 'rules')}${path.sep}`;
    build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      if (!file.startsWith(rules)) return undefined;
      return { contents: withoutGuide(readFileSync(file, 'utf8')), loader: 'ts' };
    });
  },
};

/** A rule's source without the properties of its guide; other sources as they are. */
export function withoutGuide(source: string): string {
  if (!source.includes('defineRule({')) return source;
  const file = ts.createSourceFile('rule.ts', source, ts.ScriptTarget.Latest);
  const dropped: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'defineRule') {
      const [rule] = node.arguments;
      if (rule && ts.isObjectLiteralExpression(rule)) dropped.push(...rule.properties.filter(isOfGuide));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return dropped
    .reverse()
    .reduce((text, { pos, end }) => text.slice(0, pos) + text.slice(text[end] === ',' ? end + 1 : end), source);
}

function isOfGuide({ name }: ts.ObjectLiteralElementLike): boolean {
  return name !== undefined && ts.isIdentifier(name) && Object.hasOwn(GUIDE, name.text);
}
