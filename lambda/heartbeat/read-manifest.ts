import type { Manifest } from '../config/manifest';
import { fieldsOf } from '../intake/fields';

/** Every part of a manifest, with one of its kind. */
const SHAPE: { readonly [Part in keyof Required<Manifest>]: 'text' | 'texts' | 'map' } = {
  account: 'text',
  region: 'text',
  regions: 'texts',
  version: 'text',
  configHash: 'text',
  bus: 'text',
  dataBus: 'text',
  rules: 'map',
  jewels: 'map',
  functions: 'map',
  mappings: 'map',
  queues: 'map',
  tables: 'map',
  topics: 'map',
  alarms: 'map',
};

/**
 * The manifest that the schedule sends. One that lacks a part would make the heartbeat look at less, and call that
 * well, so it is refused: the alarm on errors rings.
 * @throws {Error} that names the part
 */
export function readManifest(event: unknown): Manifest {
  for (const [part, kind] of Object.entries(SHAPE)) {
    const value = fieldsOf(event)?.[part];
    if (part === 'dataBus' && value === undefined) continue;
    const isRight =
      kind === 'text'
        ? typeof value === 'string' && value !== ''
        : kind === 'texts'
          ? Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')
          : fieldsOf(value) !== undefined && Object.keys(fieldsOf(value) ?? {}).length > 0;
    if (!isRight)
      throw new Error(`the schedule sent no manifest of a deployment: ${part} is missing or of another kind`);
  }
  return event as Manifest;
}
