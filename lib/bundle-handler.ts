// Bundles one handler: `tsx lib/bundle-handler.ts detect.handler <folder> [folders of own rules]`. A program, because the CDK wants an asset made
// before its function returns, and esbuild's plugins work only in its other, asynchronous way.
import path from 'node:path';
import { type BuildResult, build } from 'esbuild';
import { lambdaBundling } from './bundling';
import { plainSchemas } from './plain-schemas';
import { withOwnRules } from './with-own-rules';
import { withoutGuides } from './without-guides';

const ROOT = path.join(__dirname, '..');

/**
 * Writes `<outdir>/index.mjs`.
 * @param handler file name without folder and ending: `detect.handler`
 * @param outdir folder to write to; nothing is written when it is absent
 * @param ownFolders folders of rules that join the shipped ones
 * @returns esbuild's account of what is in it
 */
export async function bundleHandler(
  handler: string,
  outdir?: string,
  ownFolders: readonly string[] = [],
): Promise<BuildResult<{ metafile: true }>> {
  const { externalModules: external, banner, ...options } = lambdaBundling;
  return build({
    ...options,
    external,
    banner: { js: banner },
    plugins: [withOwnRules(ownFolders), withoutGuides, plainSchemas],
    absWorkingDir: ROOT,
    entryPoints: { index: path.join('lambda', `${handler}.ts`) },
    outdir: outdir ?? 'dist',
    write: outdir !== undefined,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    metafile: true,
  });
}

if (require.main === module) {
  const [handler, outdir, ...ownFolders] = process.argv.slice(2);
  if (handler === undefined || outdir === undefined) throw new Error('which handler, and where to?');
  void bundleHandler(handler, outdir, ownFolders).catch(() => {
    process.exitCode = 1; // esbuild has said why
  });
}
