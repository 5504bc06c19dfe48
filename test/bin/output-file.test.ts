import { execFileSync, spawn } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { UsageError } from '../../bin/io';
import { writeOutput } from '../../bin/output-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trailhound-output-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file is written, or replaced, and nothing stays beside it', () => {
  const path = join(folder, 'report.html');
  writeOutput(path, 'first');
  writeOutput(path, 'second');
  expect(readFileSync(path, 'utf8')).toBe('second');
  expect(readdirSync(folder)).toEqual(['report.html']);
});

test('what is no file is written to, and stays what it is', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
  const read = text(reader.stdout);
  writeOutput(pipe, 'to whom it concerns');
  expect(await read).toBe('to whom it concerns');
  expect(lstatSync(pipe).isFIFO()).toBe(true);
  expect(readdirSync(folder)).toEqual(['pipe']);
});

test('a link stays a link', () => {
  const [file, link] = [join(folder, 'file'), join(folder, 'link')];
  writeFileSync(file, 'old');
  symlinkSync('file', link);
  writeOutput(link, 'new');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe('new');
});

test('what cannot be written is an error that names it', () => {
  expect(() => writeOutput(folder, 'text')).toThrow(UsageError);
  expect(() => writeOutput(join(folder, 'no', 'such'), 'text')).toThrow(/--out: can't write .*such/);
});
