import { partitionOf } from '../intake/actor';
import { isoTime } from '../intake/iso-time';
import type { Behind } from '../lineage/taker';
import { severityAt } from '../rules/severity';
import { SUPPRESSED } from '../rules/suppression';
import type { AlertView } from './alert-view';
import type { Evidence } from './evidence';
import { accountName, type Frame } from './frame';
import { eventLink } from './links';

/**
 * Version of the JSON alert, major and minor: `docs/alert.schema.json` describes it. Fields may come with a new minor
 * version; one that goes or changes its meaning makes a new major version.
 */
export const ALERT_VERSION = '1.0';

/**
 * An alert for programs. Titles and texts are the rule's own, whatever the language of messages. Other strings are as
 * the record has them, but for invisible characters, secrets, and what is too long.
 */
export function alertDocument(view: AlertView, frame: Frame) {
  const { track, samples, detected, stage } = view;
  const rule = frame.rules.get(view.rule);
  const name = accountName(frame, view.account);
  const link = samples[0] === undefined ? undefined : eventLink(samples[0].region, samples[0].eventId);
  return {
    version: ALERT_VERSION,
    kind: track === 'test' ? ('test' as const) : ('alert' as const),
    alertId: view.alertId,
    rule: view.rule,
    title: rule?.title ?? view.rule,
    attack: rule?.attack ?? [],
    runbook: rule?.runbook ?? [],
    severity: severityAt(view.level),
    ...modeOf(track),
    stage: stage.kind,
    ...(view.kind === 'too-much' ? { tooMuchToCount: true } : {}),
    headline: view.headline,
    actor: view.actor,
    ...(view.behind === undefined ? {} : { behind: behindDocument(view.behind) }),
    account: view.account,
    ...(name === undefined ? {} : { accountName: name }),
    region: view.region,
    partition: partitionOf(view.region),
    firstEventTime: isoTime(view.firstEventMs),
    lastEventTime: isoTime(view.lastFiringMs),
    ...(detected === undefined ? {} : { detectedTime: isoTime(detected.atMs) }),
    count: view.count,
    multiple: view.multiple,
    ...(view.key === undefined ? {} : { key: view.key }),
    ...(link === undefined ? {} : { link }),
    evidence: samples.map(evidenceDocument),
    ...(view.samplesLeftOut === 0 ? {} : { evidenceLeftOut: view.samplesLeftOut }),
    trailhound: frame.version,
    configHash: frame.configHash,
  };
}

/** Many alerts: each as by itself, without evidence and without what a rule always says. */
export function digestDocument(views: readonly AlertView[], frame: Frame) {
  const alerts = views.map((view) => {
    const { runbook: _, attack: __, ...alert } = alertDocument(view, frame);
    return alert;
  });
  return { version: ALERT_VERSION, kind: 'digest' as const, alerts };
}

/** Those who took the roles, the latest first. */
export function behindDocument({ takers, complete }: Behind) {
  return { takers: takers.map(({ session: _, ...taker }) => taker), complete };
}

/** A sampled event for programs. Levels and steps are how we sort them, the session is how we look up who began it. */
export function evidenceDocument({ timeMs, level: _, steps: __, session: ___, ...sample }: Evidence) {
  return { ...sample, eventTime: isoTime(timeMs) };
}

/** `live` or `shadow`, and the suppression that covers the events. What is suppressed or a test was raised by a live rule. */
function modeOf(track: string): { readonly mode: 'live' | 'shadow'; readonly suppressed: string | null } {
  return {
    mode: track === 'shadow' ? 'shadow' : 'live',
    suppressed: track.startsWith(SUPPRESSED) ? track.slice(SUPPRESSED.length) : null,
  };
}
