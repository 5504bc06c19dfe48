import { keyText } from '../key-text';
import { type ActiveRule, windowKey } from '../rules/active-rule';
import type { AlertKind } from './alert-store';

/** Alerts of one group are neighbours of one another: those of one (rule, key, track) with one quiet period. */
export function alertGroup({ rule, quietMs }: ActiveRule, key: string, track: string, kind: AlertKind): string {
  return keyText(`${kind}#${quietMs}#${windowKey(rule, key, track)}`);
}
