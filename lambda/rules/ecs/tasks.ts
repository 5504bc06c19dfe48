import { asArray, numeric, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';

export const ECS = 'ecs.amazonaws.com';

/** Where a container gets the keys of its task's role. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
const CREDENTIALS_ADDRESS = '169.254.170.2';

/** CPU units of eight cores: what a miner asks for, and few tasks have. */
const MANY_UNITS = 8_192;

function containers({ record }: TrailEvent): readonly unknown[] {
  return asArray(pick(record['requestParameters'], 'containerDefinitions'));
}

/** `shop` of `shop:7` and of `arn:aws:ecs:…:task-definition/shop:7`: the same for the definition and its use. */
export function familyOf({ record }: TrailEvent): string | undefined {
  const parameters = record['requestParameters'];
  const named = text(pick(parameters, 'family')) ?? text(pick(parameters, 'taskDefinition'));
  return named?.slice(named.lastIndexOf('/') + 1).split(':')[0] || undefined;
}

/** Images that are not from a registry of an account: anybody may have made them. */
export function publicImages(event: TrailEvent): readonly string[] {
  return containers(event)
    .flatMap((container) => text(pick(container, 'image')) ?? [])
    .filter((image) => !image.split('/')[0]?.includes('.dkr.ecr.'));
}

export function asksForMuch(event: TrailEvent): boolean {
  const units = [event.record['requestParameters'], ...containers(event)].map((one) => numeric(pick(one, 'cpu')) ?? 0);
  return units.some((cpu) => cpu >= MANY_UNITS);
}

export function readsCredentials(event: TrailEvent): boolean {
  return containers(event)
    .flatMap((container) => [...asArray(pick(container, 'command')), ...asArray(pick(container, 'entryPoint'))])
    .some((part) => text(part)?.includes(CREDENTIALS_ADDRESS) === true);
}
