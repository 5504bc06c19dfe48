import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * DynamoDB's condition and update expressions, as far as the stores use them. What is not known here is
 * refused, so that a store cannot use more without the simulation saying so.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export type Item = Record<string, AttributeValue>;

/** Names and values that an expression's placeholders stand for. */
interface Placeholders {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

export type Condition = (item: Item | undefined, placeholders: Placeholders) => boolean;
/** The item after the update; the one before stays as it is. */
export type Update = (item: Item, placeholders: Placeholders) => Item;

type Operand = (item: Item | undefined, placeholders: Placeholders) => AttributeValue | undefined;

const conditions = new Map<string, Condition>();
const updates = new Map<string, Update>();

export function conditionOf(expression: string): Condition {
  const known = conditions.get(expression);
  if (known !== undefined) return known;
  const parser = new Parser(expression);
  const condition = parser.condition();
  parser.end();
  conditions.set(expression, condition);
  return condition;
}

export function updateOf(expression: string): Update {
  const known = updates.get(expression);
  if (known !== undefined) return known;
  const parser = new Parser(expression);
  const update = parser.update();
  parser.end();
  updates.set(expression, update);
  return update;
}

/** Below, equal or above zero; undefined for values that DynamoDB does not compare. Texts compare by code unit. */
export function compare(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && b.S !== undefined) return a.S < b.S ? -1 : a.S > b.S ? 1 : 0;
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) - Number(b.N);
  return undefined;
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

class Parser {
  private readonly tokens: readonly string[];
  private position = 0;

  constructor(private readonly expression: string) {
    this.tokens = expression.match(/[#:]?\w+|<>|<=|>=|[=<>(),+-]/g) ?? [];
    if (this.tokens.join('') !== expression.replace(/\s/g, '')) this.refuse('unknown characters');
  }

  condition(): Condition {
    let left = this.conjunction();
    while (this.take('OR')) {
      const [a, b] = [left, this.conjunction()];
      left = (item, placeholders) => a(item, placeholders) || b(item, placeholders);
    }
    return left;
  }

  update(): Update {
    const clauses: Update[] = [];
    while (this.peek() !== undefined) {
      const clause = this.next().toUpperCase();
      do {
        if (clause === 'SET') clauses.push(this.assignment());
        else if (clause === 'REMOVE') clauses.push(this.removal());
        else if (clause === 'ADD') clauses.push(this.addition());
        else this.refuse(`unknown clause ${clause}`);
      } while (this.take(','));
    }
    // All clauses read the item as it was.
    return (item, placeholders) => {
      const changed = { ...item };
      for (const clause of clauses) {
        const part = clause(item, placeholders);
        for (const [name, value] of Object.entries(part)) {
          if (value === REMOVED) delete changed[name];
          else changed[name] = value;
        }
      }
      return changed;
    };
  }

  end(): void {
    if (this.position < this.tokens.length) this.refuse(`unexpected ${this.peek()}`);
  }

  private conjunction(): Condition {
    let left = this.comparison();
    while (this.take('AND')) {
      const [a, b] = [left, this.comparison()];
      left = (item, placeholders) => a(item, placeholders) && b(item, placeholders);
    }
    return left;
  }

  private comparison(): Condition {
    if (this.take('NOT')) {
      const inner = this.comparison();
      return (item, placeholders) => !inner(item, placeholders);
    }
    if (this.take('(')) {
      const inner = this.condition();
      this.expect(')');
      return inner;
    }
    if (this.take('attribute_exists')) {
      const path = this.argument();
      return (item, placeholders) => path(item, placeholders) !== undefined;
    }
    if (this.take('attribute_not_exists')) {
      const path = this.argument();
      return (item, placeholders) => path(item, placeholders) === undefined;
    }
    const left = this.operand();
    const operator = this.next();
    if (COMPARISONS[operator] === undefined) this.refuse(`unknown operator ${operator}`);
    const right = this.operand();
    return (item, placeholders) => holds(left, operator, right, item, placeholders);
  }

  private argument(): Operand {
    this.expect('(');
    const path = this.operand();
    this.expect(')');
    return path;
  }

  private operand(): Operand {
    const token = this.next();
    if (token === 'if_not_exists') {
      this.expect('(');
      const path = this.operand();
      this.expect(',');
      const otherwise = this.operand();
      this.expect(')');
      return (item, placeholders) => path(item, placeholders) ?? otherwise(item, placeholders);
    }
    if (token.startsWith(':')) {
      return (_, { ExpressionAttributeValues: values }) =>
        values?.[token] ?? this.refuse(`no value is given for ${token}`);
    }
    const nameOf = this.nameOf(token);
    return (item, placeholders) => item?.[nameOf(placeholders)];
  }

  private nameOf(token: string): (placeholders: Placeholders) => string {
    if (!token.startsWith('#')) return () => token;
    return ({ ExpressionAttributeNames: names }) => names?.[token] ?? this.refuse(`no name is given for ${token}`);
  }

  private assignment(): Update {
    const nameOf = this.nameOf(this.next());
    this.expect('=');
    const value = this.operand();
    return (item, placeholders) => ({
      [nameOf(placeholders)]: value(item, placeholders) ?? this.refuse('a value that is not there is assigned'),
    });
  }

  private removal(): Update {
    const nameOf = this.nameOf(this.next());
    return (_, placeholders) => ({ [nameOf(placeholders)]: REMOVED });
  }

  private addition(): Update {
    const nameOf = this.nameOf(this.next());
    const value = this.operand();
    return (item, placeholders) => {
      const name = nameOf(placeholders);
      return { [name]: { N: String(Number(item[name]?.N ?? 0) + Number(value(item, placeholders)?.N)) } };
    };
  }

  private peek(): string | undefined {
    return this.tokens[this.position];
  }

  private next(): string {
    return this.tokens[this.position++] ?? this.refuse('it ends too early');
  }

  private take(token: string): boolean {
    if (this.peek()?.toUpperCase() !== token.toUpperCase()) return false;
    this.position++;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) this.refuse(`${token} expected, found ${this.peek()}`);
  }

  private refuse(why: string): never {
    throw new Error(`expression ${JSON.stringify(this.expression)}: ${why}`);
  }
}

const REMOVED: AttributeValue = { NULL: true };

function holds(left: Operand, operator: string, right: Operand, item: Item | undefined, placeholders: Placeholders) {
  const [a, b] = [left(item, placeholders), right(item, placeholders)];
  if (a === undefined || b === undefined) return false;
  const order = compare(a, b);
  return order === undefined ? operator === '<>' : (COMPARISONS[operator]?.(order) ?? false);
}
