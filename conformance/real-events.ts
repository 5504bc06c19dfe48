import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES } from '../lambda/rules/examples';
import type { SampleRecord } from '../lambda/rules/rule';
import { parseRecords } from '../replay/reading/parse-records';
import { CORPUS, directPeerTests, filesOf, hasCorpus } from '../scripts/quality/corpus';

/** Folders of real records in CloudTrail's own shape. */
const FOLDERS = [
  ...['invictus-ir', 'stratus-red-team', 'otrf-security-datasets', 'traildiscover'],
  ...['fivexl', 'trailscraper', 'cloudgrappler', 'cloud-custodian'],
];

/** Every record of every rule's examples. */
export function exampleRecords(): SampleRecord[] {
  return Object.values(EXAMPLES).flatMap((examples) => {
    const { fires, quiet } = examples();
    return [...fires, ...quiet].flatMap(({ timeline }) => timeline);
  });
}

/** The incident that README replays. */
export function incidentRecords(): SampleRecord[] {
  const folder = join(__dirname, '../examples/incident');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json.gz'))
    .sort()
    .flatMap((name) => parseRecords(readFileSync(join(folder, name)), name).records as SampleRecord[]);
}

/** Real records; none on a machine that has no corpus beside the checkout. */
export function corpusRecords(): SampleRecord[] {
  if (!hasCorpus) return [];
  const records = [
    ...FOLDERS.flatMap((folder) => filesOf(folder)).flatMap((file) => file.records),
    ...directPeerTests().map(({ record }) => record),
  ];
  return records.filter((record): record is SampleRecord => typeof record === 'object' && record !== null);
}

export { CORPUS, hasCorpus };
