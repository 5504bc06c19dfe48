import type { Severity } from '../rules/severity';
import { CHECK_TITLES } from './check-titles';
import { SPANISH_TITLES } from './spanish-titles';

/** The words around a posture message, in one language. Checks write their own sentences in English. */
export interface PostureWords {
  readonly titleOf: (check: string, title: string) => string;
  readonly opened: (count: number) => string;
  readonly moreSevere: (count: number) => string;
  readonly resolved: (count: number) => string;
  readonly unknown: string;
  readonly knownAgain: string;
  readonly more: (count: number) => string;
  readonly standing: (count: number, suppressed: number) => string;
  readonly asked: (check: string, controls: readonly string[]) => string;
  readonly expected: string;
  readonly allOfIt: string;
  readonly summaryTitle: string;
  readonly summaryIntro: string;
  readonly checks: (pass: number, fail: number, unknown: number) => string;
  readonly findings: (counts: string, fresh: number, suppressed: number) => string;
  readonly nothing: string;
  readonly regions: (count: number, skipped: readonly string[]) => string;
  readonly labels: {
    readonly what: string;
    readonly gone: string;
    readonly unknown: string;
    readonly why: string;
    readonly act: string;
    readonly expected: string;
    readonly standing: string;
  };
}

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

const ENGLISH_POSTURE: PostureWords = {
  titleOf: (_, title) => title,
  opened: (count) => `${plural(count, 'new finding', 'new findings')}:`,
  moreSevere: (count) => `${plural(count, 'finding is', 'findings are')} more severe than before:`,
  resolved: (count) => `${plural(count, 'finding is', 'findings are')} resolved:`,
  unknown: 'This cannot be judged any more; what stood before may still stand:',
  knownAgain: 'This can be judged again.',
  more: (count) => `and ${count} more`,
  standing: (count, suppressed) =>
    `${plural(count, 'finding stands', 'findings stand')} now${suppressed === 0 ? '' : `, and ${suppressed} that are suppressed`}.`,
  asked: (check, controls) => `Check ${check}${controls.length === 0 ? '' : `; asked for by ${controls.join(', ')}`}`,
  expected: 'Then paste this under "suppressions:" in trailhound.yaml, say why and who, and deploy:',
  allOfIt: 'All findings, with your own credentials:',
  summaryTitle: 'Weekly posture summary',
  summaryIntro: 'How the account stands. This comes every week, also when nothing changed.',
  checks: (pass, fail, unknown) => `${plural(pass, 'check', 'checks')} passed, ${fail} failed, ${unknown} unknown`,
  findings: (counts, fresh, suppressed) =>
    `${counts}; ${fresh} new this week${suppressed === 0 ? '' : `; ${suppressed} suppressed`}`,
  nothing: 'nothing is wrong',
  regions: (count, skipped) =>
    `${plural(count, 'region', 'regions')}${skipped.length === 0 ? '' : `; skipped, not enabled: ${skipped.join(', ')}`}`,
  labels: {
    what: 'WHAT',
    gone: 'RESOLVED',
    unknown: 'UNKNOWN',
    why: 'WHY',
    act: 'DO',
    expected: 'EXPECTED?',
    standing: 'STANDING',
  },
};

const SPANISH_POSTURE: PostureWords = {
  titleOf: (check, title) => (Object.hasOwn(SPANISH_TITLES, check) ? (SPANISH_TITLES[check] ?? title) : title),
  opened: (count) => `${plural(count, 'hallazgo nuevo', 'hallazgos nuevos')}:`,
  moreSevere: (count) => `${plural(count, 'hallazgo es más grave', 'hallazgos son más graves')} que antes:`,
  resolved: (count) => `${plural(count, 'hallazgo resuelto', 'hallazgos resueltos')}:`,
  unknown: 'Esto ya no se puede juzgar; lo que había puede seguir ahí:',
  knownAgain: 'Esto se puede juzgar de nuevo.',
  more: (count) => `y ${count} más`,
  standing: (count, suppressed) =>
    `Ahora hay ${plural(count, 'hallazgo', 'hallazgos')}${suppressed === 0 ? '' : `, y ${suppressed} suprimidos`}.`,
  asked: (check, controls) =>
    `Comprobación ${check}${controls.length === 0 ? '' : `; la piden ${controls.join(', ')}`}`,
  expected: 'Entonces pegue esto en "suppressions:" de trailhound.yaml, diga por qué y quién, y despliegue:',
  allOfIt: 'Todos los hallazgos, con sus propias credenciales:',
  summaryTitle: 'Resumen semanal de la postura',
  summaryIntro: 'Cómo está la cuenta. Llega cada semana, también cuando nada cambió.',
  checks: (pass, fail, unknown) =>
    `${plural(pass, 'comprobación superada', 'comprobaciones superadas')}, ${fail} falladas, ${unknown} desconocidas`,
  findings: (counts, fresh, suppressed) =>
    `${counts}; ${fresh} nuevos esta semana${suppressed === 0 ? '' : `; ${suppressed} suprimidos`}`,
  nothing: 'nada está mal',
  regions: (count, skipped) =>
    `${plural(count, 'región', 'regiones')}${skipped.length === 0 ? '' : `; omitidas, no habilitadas: ${skipped.join(', ')}`}`,
  labels: {
    what: 'QUÉ',
    gone: 'RESUELTO',
    unknown: 'SIN SABER',
    why: 'POR QUÉ',
    act: 'HAGA',
    expected: '¿ESPERADO?',
    standing: 'PENDIENTE',
  },
};

export function postureWords(locale: string): PostureWords {
  return locale === 'es' ? SPANISH_POSTURE : ENGLISH_POSTURE;
}

/** Title of a message about a check, or of the summary, where its news are not at hand. */
export function postureTitle(rule: string, locale: string): string {
  const words = postureWords(locale);
  const title = Object.hasOwn(CHECK_TITLES, rule) ? CHECK_TITLES[rule] : undefined;
  return title === undefined ? words.summaryTitle : words.titleOf(rule, title);
}

/** `2 critical, 5 high`: without info, which nobody is told. */
export function countsIn(
  counts: Readonly<Record<Severity, number>>,
  severities: Readonly<Record<Severity, string>>,
): string | undefined {
  const told = (['critical', 'high', 'medium', 'low'] as const).filter((severity) => counts[severity] > 0);
  return told.length === 0
    ? undefined
    : told.map((severity) => `${counts[severity]} ${severities[severity]}`).join(', ');
}
