import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { CONFIG_FILE } from '../lambda/config/environment';
import { lambdaBundling } from './bundling';

const ROOT = path.join(__dirname, '..');

/**
 * A handler as one file, with the configuration beside it. Bundled in this process: no Docker, no shell, and esbuild's
 * own error when it is missing. One object for two functions is one asset.
 * @param handler file name without folder and ending: `detect.handler`
 */
export function handlerCode(handler: string, config: unknown): Code {
  return Code.fromAsset(path.join(ROOT, 'lambda'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('none'), // never used: what follows always succeeds or throws
      local: {
        tryBundle(outputDir) {
          bundle(handler, outputDir);
          writeFileSync(path.join(outputDir, CONFIG_FILE), `${JSON.stringify(config, undefined, 2)}\n`);
          return true;
        },
      },
    },
  });
}

function bundle(handler: string, outputDir: string): void {
  // Loaded here: template tests skip bundling, and esbuild starts a process of its own.
  const { buildSync } = require('esbuild') as typeof import('esbuild');
  const { externalModules: external, banner, ...options } = lambdaBundling;
  mkdirSync(outputDir, { recursive: true });
  buildSync({
    ...options,
    external,
    banner: { js: banner },
    absWorkingDir: ROOT,
    entryPoints: { index: path.join('lambda', `${handler}.ts`) },
    outdir: outputDir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
}
