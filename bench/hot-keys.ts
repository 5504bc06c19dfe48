import { demandOf, type HottestKey, LOADS } from './hot-key-loads';

/**
 * `npx tsx bench/hot-keys.ts [--load N]`: what single partition keys have to bear when one caller does one thing over
 * and over. A partition key bears 3,000 read and 1,000 write units a second.
 */
async function main(): Promise<void> {
  console.log('| load | largest reading | hottest key, read units/s | hottest key, write units/s | returned |');
  console.log('|---|---|---|---|---|');
  const only = process.argv.indexOf('--load');
  for (const load of only < 0 ? LOADS : LOADS.slice(Number(process.argv[only + 1]) - 1).slice(0, 1)) {
    const { read, write, largestBytes, returned } = await demandOf(load);
    const cells = [`${(largestBytes / 1_024).toFixed(0)} KB`, told(read), told(write), returned];
    console.log(`| ${load.name} | ${cells.join(' | ')} |`);
  }
}

function told({ name, units, requests }: HottestKey): string {
  return `${units.toFixed(1)} in ${requests.toFixed(1)} requests (${name.slice(0, 60)})`;
}

void main();
