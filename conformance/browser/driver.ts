import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installed, nodeWith, run, scratch } from '../tools';

/** Both run on Node 20; the browser is of January 2026, its package has its libraries and fonts with it. */
const DRIVER = 'puppeteer-core@24.43.1';
const CHROMIUM = '@sparticuz/chromium@143.0.4';

/** What we use of puppeteer-core. @see https://pptr.dev/api */
export interface Browser {
  version(): Promise<string>;
  newPage(): Promise<Page>;
  on(event: 'targetcreated', listener: (target: { type(): string; url(): string }) => void): void;
  close(): Promise<void>;
}

export interface Page {
  goto(url: string, options: { waitUntil: 'domcontentloaded' | 'load' }): Promise<unknown>;
  /** Runs an expression in the page and returns its value, if that is JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Runs a script in the page before its own. */
  evaluateOnNewDocument(script: string): Promise<unknown>;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: unknown) => void): void;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  on(event: 'dialog', listener: (dialog: { message(): string; dismiss(): Promise<void> }) => void): void;
  setViewport(size: { width: number; height: number }): Promise<void>;
  emulateMediaFeatures(features: readonly { name: string; value: string }[]): Promise<void>;
  emulateMediaType(type: 'print' | 'screen'): Promise<void>;
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>;
  pdf(options: { path: string; format: 'A4'; printBackground: boolean }): Promise<unknown>;
  click(selector: string): Promise<void>;
  readonly keyboard: {
    press(key: string): Promise<void>;
    down(key: string): Promise<void>;
    up(key: string): Promise<void>;
    type(text: string): Promise<void>;
  };
  readonly accessibility: { snapshot(options: { interestingOnly: boolean }): Promise<AccessibleNode | null> };
  close(): Promise<void>;
}

/** What a screen reader is told. */
export interface AccessibleNode {
  readonly role: string;
  readonly name?: string;
  readonly level?: number;
  readonly children?: readonly AccessibleNode[];
}

interface Driver {
  launch(options: object): Promise<Browser>;
}

interface Program {
  readonly path: string;
  readonly headless: true | 'shell';
  readonly env: NodeJS.ProcessEnv;
}

/**
 * A headless Chromium: the machine's own (`chromium` on the PATH, as Debian installs it), else, or with
 * `TRAILHOUND_BROWSER=installed`, one that is installed for this lane. Whoever launches it closes it; it ends with us.
 */
export async function launchBrowser(): Promise<Browser> {
  const driver = createRequire(join(nodeWith(DRIVER), 'index.js'))('puppeteer-core') as Driver;
  const own = process.env['TRAILHOUND_BROWSER'] === 'installed' ? undefined : ofTheMachine();
  const { path, headless, env } = own ?? installedChromium();
  return driver.launch({
    executablePath: path,
    headless,
    env: { ...process.env, ...env },
    userDataDir: scratch(),
    timeout: 60_000,
    protocolTimeout: 60_000,
    // Chromium's own sandbox needs what containers and root do not have. The pages are ours; what is hostile is in them.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'],
    defaultViewport: { width: 1_280, height: 900 },
  });
}

function ofTheMachine(): Program | undefined {
  try {
    const path = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8', timeout: 10_000 }).trim();
    return path === '' ? undefined : { path, headless: true, env: {} };
  } catch {
    return undefined;
  }
}

/** The package unpacks itself into the folder for temporary files, with its libraries where it believes to be in Lambda. */
function installedChromium(): Program {
  const modules = nodeWith(CHROMIUM);
  const folder = installed(`unpacked ${CHROMIUM} with its fonts`, (into) => {
    const entry = join(modules, '@sparticuz/chromium/build/esm/index.js');
    const unpack = `import(${JSON.stringify(entry)}).then((unpacked) => unpacked.default.executablePath())`;
    run(process.execPath, ['-e', unpack], 120_000, {
      env: { ...process.env, TMPDIR: into, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
    });
    // Its own names folders of Lambda. Without any font, Chromium ends itself at the first field of a form.
    writeFileSync(
      join(into, 'fonts.conf'),
      `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${into}/fonts</dir><cachedir>${into}/fonts-cache</cachedir></fontconfig>
`,
    );
  });
  return {
    path: join(folder, 'chromium'),
    headless: 'shell', // it is built without a window to hide
    env: { LD_LIBRARY_PATH: join(folder, 'al2023/lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  };
}
