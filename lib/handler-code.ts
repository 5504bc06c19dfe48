import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { DeployedFile } from '../lambda/config/environment';
import { admittedFolders } from '../lambda/config/own-rules';

const ROOT = path.join(__dirname, '..');

/**
 * A handler as one file, with what it reads beside it. Bundled by lib/bundle-handler.ts: no Docker and no
 * shell. One object for two functions is one asset.
 * @param handler file name without folder and ending: `detect.handler`
 * @param beside names of files and what is in them, written as JSON
 */
export function handlerCode(handler: string, beside: Partial<Readonly<Record<DeployedFile, unknown>>>): Code {
  return Code.fromAsset(path.join(ROOT, 'lambda'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('none'), // never used: what follows always succeeds or throws
      // The CDK bundles once for all assets whose source and options read alike, and a function does not read at all:
      // without this every Lambda function would be deployed with the code of the first.
      command: [handler, JSON.stringify(beside), ...admittedFolders()],
      local: {
        tryBundle(outputDir) {
          bundle(handler, outputDir);
          for (const [file, content] of Object.entries(beside)) {
            writeFileSync(path.join(outputDir, file), `${JSON.stringify(content, undefined, 2)}\n`);
          }
          return true;
        },
      },
    },
  });
}

function bundle(handler: string, outputDir: string): void {
  const program = path.join(__dirname, 'bundle-handler.ts');
  const options = ['--import', pathToFileURL(require.resolve('tsx')).href];
  execFileSync(process.execPath, [...options, program, handler, outputDir, ...admittedFolders()], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
}
