import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseRecords } from '../../replay/reading/parse-records';

/** Real CloudTrail events with labels, kept beside the checkout; absent on most machines. */
export const CORPUS = join(__dirname, '../../../shared/corpus');

export const hasCorpus = existsSync(CORPUS);

/** An event of the labelled hour, and what the rules of its row must do with it. */
export interface Label {
  readonly eventID: string;
  readonly eventTime: string;
  readonly eventName: string;
  /** `S0.1` to `S1.10`. */
  readonly row: string;
  readonly label: string;
  readonly want: 'alert' | 'quiet' | 'any';
}

/** One test of another product's rule: an event, and what their rule said. */
export interface PeerTest {
  readonly peer: string;
  readonly ruleId: string;
  readonly testName: string;
  readonly expected: boolean;
  readonly rows: readonly string[];
  readonly record: unknown;
}

/** The corpus's ten coarse rows of list 1 in the catalogue's finer grain. */
const FINE_ROWS: Readonly<Record<string, readonly string[]>> = {
  'S1.1': ['1-1'],
  'S1.2': ['1-2'],
  'S1.3': ['1-3'],
  'S1.4': ['1-4'],
  'S1.5': ['1-5', '1-6', '1-7'],
  'S1.6': ['1-8', '1-9', '1-10'],
  'S1.7': ['1-11', '1-12', '1-13'],
  'S1.8': ['1-14', '1-15', '1-16'],
  'S1.9': ['1-17', '1-18', '1-19'],
  'S1.10': ['1-20'],
};

/** `S0.9` → `0-9`; `S1.5` → `1-5`, `1-6`, `1-7`. */
export function rowsOf(corpusRow: string): readonly string[] {
  return FINE_ROWS[corpusRow] ?? [corpusRow.replace(/^S0\./, '0-')];
}

/** Records of a folder's files, each file by itself. */
export function filesOf(folder: string): { readonly name: string; readonly records: readonly unknown[] }[] {
  const path = join(CORPUS, folder);
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.json(\.gz)?$/.test(name) && !/(^|\/)(manifest|labels)\.json$/.test(name))
    .sort()
    .map((name) => ({
      name: basename(name).replace(/\.json(\.gz)?$/, ''),
      records: parseRecords(readFileSync(join(path, name)), name).records,
    }));
}

export function labels(): readonly Label[] {
  return JSON.parse(readFileSync(join(CORPUS, 'invictus-ir/labels.json'), 'utf8')) as Label[];
}

interface PeerManifest {
  readonly files: readonly {
    readonly file: string;
    readonly mappingNote: string;
    readonly seedRows: readonly string[];
  }[];
}

/** Peer tests whose rule maps directly to one of our rows. */
export function directPeerTests(): PeerTest[] {
  return ['peer-panther', 'peer-trailalerts', 'peer-streamalert'].flatMap((peer) => {
    const manifest = JSON.parse(readFileSync(join(CORPUS, peer, 'manifest.json'), 'utf8')) as PeerManifest;
    return manifest.files
      .filter(({ mappingNote }) => mappingNote.startsWith('direct'))
      .flatMap(({ file, seedRows }) => {
        const tests = JSON.parse(readFileSync(join(CORPUS, peer, file), 'utf8')) as Record<string, unknown>[];
        return tests.map((test) => ({
          peer,
          ruleId: String(test['ruleId']),
          testName: String(test['testName']),
          expected: test['expectedResult'] === true,
          rows: seedRows.flatMap(rowsOf),
          record: test['log'] ?? test['event'],
        }));
      });
  });
}
