import { type Check, CIS_VERSION } from './check';
import type { Problem } from './facts';
import type { LocatedFinding } from './result';

/** `CIS 3.0.0 1.4`, `FSBP IAM.4`: controls as one list. */
export function controlNames({ controls: { cis, fsbp } }: Pick<Check, 'controls'>): readonly string[] {
  return [
    ...(cis ?? []).map((number) => `CIS ${CIS_VERSION} ${number}`),
    ...(fsbp ?? []).map((control) => `FSBP ${control}`),
  ];
}

/** What a name must look like to stand in a command that people paste: nothing that a shell reads as more than text. */
export const PLAIN = /^\w[\w+=,.@:/-]{0,299}$/;

/**
 * The check's steps with the finding's own names. A name that is not plain stays a placeholder.
 * @param isFit more that a name must be, for where the steps go
 */
export function fixFor(
  { fix }: Pick<Check, 'fix'>,
  { name, resource, region }: Pick<LocatedFinding, 'name' | 'resource' | 'region'>,
  account: string,
  isFit: (value: string) => boolean = () => true,
): readonly string[] {
  const values: Readonly<Record<string, string>> = { name, resource, region, account };
  return fix.map((step) =>
    step.replace(/\{(name|resource|region|account)\}/g, (_, key: string) => {
      const value = values[key] ?? '';
      return PLAIN.test(value) && isFit(value) ? value : `<${key}>`;
    }),
  );
}

/** Problems of one kind in one line: `needs s3:GetBucketAcl (eu-west-1, us-east-1)`. */
export function problemLines(problems: readonly Problem[]): readonly string[] {
  const groups = new Map<string, { regions: Set<string>; whats: Set<string> }>();
  for (const { kind, permission, region, what, reason } of problems) {
    const says =
      kind === 'denied' && permission !== undefined
        ? `needs ${permission}`
        : `no answer${permission === undefined ? '' : ` to ${permission}`} (${reason})`;
    const group = groups.get(says) ?? { regions: new Set(), whats: new Set() };
    groups.set(says, group);
    if (region !== undefined) group.regions.add(region);
    if (what !== undefined) group.whats.add(what);
  }
  return [...groups].map(([says, { regions, whats }]) => {
    const where = [...(whats.size === 0 ? [] : [some(whats)]), ...(regions.size === 0 ? [] : [some(regions)])];
    return where.length === 0 ? says : `${says}: ${where.join('; ')}`;
  });
}

function some(names: ReadonlySet<string>): string {
  const all = [...names].sort();
  return all.length <= 5 ? all.join(', ') : `${all.slice(0, 4).join(', ')} and ${all.length - 4} more`;
}
