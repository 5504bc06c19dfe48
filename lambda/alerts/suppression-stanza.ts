import { addressOf } from '../rules/networks';
import { DAY } from '../rules/rule';
import type { AlertView } from './alert-view';
import type { Frame } from './frame';
import { mailText } from './neutral';

/** Somebody should look again after this long. */
export const EXPIRES_MS = 90 * DAY;

/** Where a suppression is read: a mail program makes links of names with full stops. */
type Medium = 'mail' | 'page';

/** More resources are no single thing that is expected. */
const RESOURCES_MAX = 5;

/**
 * An item for `suppressions:` in trailhound.yaml, as narrow as the alert: its lines, or undefined where the record names
 * nothing that a suppression could hold on to.
 *
 * Attackers choose names, so a value stands there only if it is what AWS lets names be: with a `*` in it, it would
 * suppress others too.
 */
export function suppressionStanza(
  view: AlertView,
  { rules, words }: Frame,
  medium: Medium = 'mail',
): string[] | undefined {
  const rule = rules.get(view.rule);
  const lead = view.samples[0];
  if (rule === undefined || rule.neverSuppressed || lead === undefined || !/^\d{12}$/.test(view.account))
    return undefined;
  const { sourceIp } = lead.caller;
  const actor = isNobody(view.actor) ? undefined : glob(view.actor, medium);
  const address = sourceIp !== undefined && addressOf(sourceIp) !== undefined ? sourceIp : undefined;
  const byAddress = address !== undefined && view.key?.includes(address) === true;
  // What is counted for an address is done by whomever it tries: there the address is who it is.
  const who =
    byAddress && view.key?.includes(view.actor) !== true ? { address } : { actor, address: actor ? '' : address };
  const resources = rule.window !== undefined || rule.expiryDays !== undefined ? [] : globs(lead.resources, medium);
  // A record without a caller, such as an Insight, is known by its place alone; a caller whose name is none is not.
  const place = view.actor === 'unknown' && /^[a-z]+(?:-[a-z]+)+-\d+$/.test(view.region) ? view.region : undefined;
  if (!who.actor && !who.address && resources.length === 0 && place === undefined) return undefined;
  const expires = new Date((view.toldMs ?? view.lastFiringMs) + EXPIRES_MS).toISOString().slice(0, 10);
  return [
    `- rule: ${rule.id}`,
    ...(who.actor ? [`  actor: ${quoted(who.actor)}`] : []),
    ...(who.address ? [`  sourceIp: ${quoted(who.address)}`] : []),
    `  account: ${quoted(view.account)}`,
    ...(place === undefined ? [] : [`  region: ${quoted(place)}`]),
    ...(resources.length > 0 ? [`  resource: [${resources.map(quoted).join(', ')}]`] : []),
    `  reason: ${quoted(words.stanzaReason)}`,
    `  owner: ${quoted(words.stanzaOwner)}`,
    `  expires: ${expires}`,
  ];
}

function isNobody(actor: string): boolean {
  return actor === 'unknown' || actor === 'anonymous' || actor.endsWith('HIDDEN_DUE_TO_SECURITY_REASONS');
}

/** Names of all resources, or none: a suppression by resource applies only where each one of an event is named. */
function globs(resources: readonly string[], medium: Medium): string[] {
  const all = resources.flatMap((resource) => glob(resource, medium) ?? []);
  return resources.length <= RESOURCES_MAX && all.length === resources.length ? all : [];
}

/**
 * The glob that matches the name, or undefined for what no name of AWS is. Where a mail program would make a link of it,
 * `?` stands for its full stops.
 */
function glob(name: string, medium: Medium): string | undefined {
  if (!isPlainName(name)) return undefined;
  if (medium === 'page' || mailText(name) === name) return name;
  const unlinked = name.replaceAll('.', '?');
  return mailText(unlinked) === unlinked ? unlinked : undefined;
}

/** Whether a name is what AWS lets names be: written in a suppression, it stands for itself and nothing else. */
export function isPlainName(name: string): boolean {
  return /^[\w+=,.@:/#-]{1,300}$/.test(name) && !/:\/\//.test(name);
}

/** JSON's strings are YAML's. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
