/**
 * AWS's wildcards: `*` is any run of characters (it crosses `/` and `:`), `?` is one character. No classes, no escapes.
 * Linear in memory and at worst pattern × subject in time, so that hostile subjects can't make it hang.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function globMatches(glob: string, subject: string): boolean {
  let position = 0;
  let next = 0;
  let star = -1;
  let starPosition = 0;
  while (position < subject.length) {
    const letter = glob[next];
    if (letter === '*') {
      star = next++;
      starPosition = position;
    } else if (letter !== undefined && (letter === '?' || letter === subject[position])) {
      next++;
      position++;
    } else if (star >= 0) {
      next = star + 1;
      position = ++starPosition;
    } else {
      return false;
    }
  }
  while (glob[next] === '*') next++;
  return next === glob.length;
}

/** True when any of the globs matches, letter case aside when `ignoreCase` is set. */
export function anyGlobMatches(globs: readonly string[], subject: string, ignoreCase = false): boolean {
  if (!ignoreCase) return globs.some((glob) => globMatches(glob, subject));
  const lower = subject.toLowerCase();
  return globs.some((glob) => globMatches(glob.toLowerCase(), lower));
}
