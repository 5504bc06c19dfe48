/**
 * EventBridge's pattern language as deployed rules may use it, all of it: written from AWS's description and apart from
 * the product's own compiler, so that the two can disagree.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function accepts(pattern: unknown, event: unknown): boolean {
  return acceptsWithin(pattern, event, [event]);
}

/** @param all the values at this place in all elements of the lists above: what must be absent is absent in all */
function acceptsWithin(pattern: unknown, event: unknown, all: readonly unknown[]): boolean {
  if (!isObject(pattern)) throw new Error(`a pattern is an object, found ${JSON.stringify(pattern)}`);
  return Object.entries(pattern).every(([name, inner]) => {
    if (name === '$or') {
      if (!Array.isArray(inner) || inner.length < 2) throw new Error('$or takes a list of at least two patterns');
      return inner.some((alternative) => acceptsWithin(alternative, event, all));
    }
    const values = flat(own(event, name));
    const everywhere = all.flatMap((one) => flat(own(one, name)));
    if (!Array.isArray(inner)) {
      // A list of objects is accepted when one of them is; a missing object still meets { exists: false } inside.
      return (values.length === 0 ? [undefined] : values).some((value) => acceptsWithin(inner, value, everywhere));
    }
    if (inner.length === 0) throw new Error(`${name}: an empty list of conditions`);
    return inner.some((condition) =>
      isObject(condition) && condition['exists'] === false
        ? !everywhere.some(isLeaf)
        : values.some((value) => isLeaf(value) && meets(condition, value)),
    );
  });
}

function own(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Lists in lists are one list. */
function flat(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
}

function meets(condition: unknown, value: string | number | boolean | null): boolean {
  return isObject(condition) ? meetsOperator(condition, value) : condition === value;
}

function meetsOperator(condition: Record<string, unknown>, value: string | number | boolean | null): boolean {
  const [[operator, operand] = ['', undefined], ...others] = Object.entries(condition);
  if (others.length > 0) throw new Error(`one operator at a time, found ${JSON.stringify(condition)}`);
  const text = typeof value === 'string' ? value : undefined;
  const folded = text?.toLowerCase();
  const fold = (inner: unknown) => String(inner).toLowerCase();
  switch (operator) {
    case 'exists':
      return operand === true;
    case 'prefix':
      return isObject(operand)
        ? (folded?.startsWith(fold(operand['equals-ignore-case'])) ?? false)
        : (text?.startsWith(String(operand)) ?? false);
    case 'suffix':
      return isObject(operand)
        ? (folded?.endsWith(fold(operand['equals-ignore-case'])) ?? false)
        : (text?.endsWith(String(operand)) ?? false);
    case 'equals-ignore-case':
      return folded === fold(operand);
    case 'wildcard':
      return text !== undefined && wildcard(String(operand)).test(text);
    case 'numeric':
      return typeof value === 'number' && inRange(operand as readonly unknown[], value);
    case 'cidr':
      return text !== undefined && inNetwork(String(operand), text);
    case 'anything-but': {
      if (!isObject(operand)) return !list(operand).includes(value);
      const [[inner, refused] = ['', undefined]] = Object.entries(operand);
      return !list(refused).some((one) => meetsOperator({ [inner]: one }, value));
    }
    default:
      throw new Error(`EventBridge has no operator ${operator}`);
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** `*` is any run of characters, `\*` a star, `\\` a backslash. */
function wildcard(glob: string): RegExp {
  const parts = glob.match(/\\[*\\]|\*|[^*]/gs) ?? [];
  const source = parts.map((part) => (part === '*' ? '.*' : part.replace(/^\\(.)/, '$1').replace(/[^\w]/g, '\\$&')));
  return new RegExp(`^${source.join('')}$`, 's');
}

/** `['>', 0, '<=', 5]`. */
function inRange(range: readonly unknown[], value: number): boolean {
  for (let index = 0; index < range.length; index += 2) {
    const bound = Number(range[index + 1]);
    const holds = {
      '=': value === bound,
      '<': value < bound,
      '<=': value <= bound,
      '>': value > bound,
      '>=': value >= bound,
    };
    const operator = String(range[index]) as keyof typeof holds;
    if (!(operator in holds)) throw new Error(`numeric has no comparison ${operator}`);
    if (!holds[operator]) return false;
  }
  return true;
}

/** IPv4 only: no pattern of ours compares addresses, and AWS's examples in the test are IPv4. */
function inNetwork(network: string, address: string): boolean {
  const [base = '', bits = '32'] = network.split('/');
  const numberOf = (ip: string) => {
    const parts = ip.split('.').map(Number);
    const valid = parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
    return valid ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
  };
  const [a, b] = [numberOf(base), numberOf(address)];
  const size = 2 ** (32 - Number(bits));
  return a !== undefined && b !== undefined && Math.floor(a / size) === Math.floor(b / size);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLeaf(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
