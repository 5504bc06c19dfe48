import { runInNewContext } from 'node:vm';

/** As much of a browser's page as the report's script uses: enough to press its buttons without a browser. */
export class SmallElement {
  readonly children: SmallElement[] = [];
  readonly attributes = new Map<string, string>();
  readonly classList = { add: (name: string) => void this.classes.push(name) };
  readonly classes: string[] = [];
  readonly elements: Record<string, SmallElement> = {};
  private readonly listeners = new Map<string, ((event: object) => void)[]>();
  private ownText = '';
  hidden = false;
  open = false;
  value = '';
  href = '';
  rel = '';
  type = '';

  constructor(readonly name: string) {}

  get tagName(): string {
    return this.name.toUpperCase();
  }

  get textContent(): string {
    return this.ownText + this.children.map((child) => child.textContent).join('');
  }

  set textContent(text: string) {
    this.children.length = 0;
    this.ownText = text;
  }

  append(...more: SmallElement[]): void {
    this.children.push(...more);
  }

  replaceChildren(...others: SmallElement[]): void {
    this.children.splice(0, this.children.length, ...others);
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  addEventListener(kind: string, listener: (event: object) => void): void {
    this.listeners.set(kind, [...(this.listeners.get(kind) ?? []), listener]);
  }

  fire(kind: string, event: object = {}): void {
    for (const listener of this.listeners.get(kind) ?? []) listener(event);
  }

  focus(): void {
    this.attributes.set('focused', 'true');
  }

  reset(): void {
    this.fire('reset');
  }

  /** This element and all within. */
  all(name?: string): SmallElement[] {
    const inner = this.children.flatMap((child) => child.all());
    return [this, ...inner].filter((element) => name === undefined || element.name === name);
  }
}

export interface SmallPage {
  readonly byId: (id: string) => SmallElement;
  readonly filters: Record<string, SmallElement>;
  /** Sets filters as a reader would. */
  readonly filter: (values: Readonly<Record<string, string>>) => void;
  /** The listed alerts, each a `details`. */
  readonly rows: () => SmallElement[];
  /** Opens a `details`. */
  readonly open: (row: SmallElement) => SmallElement;
  readonly press: (key: string) => void;
  /** What was copied. */
  readonly copied: string[];
}

/** Runs the script of a report on a page with the ids and fields that it has. Timers run at once. */
export function openPage(html: string): SmallPage {
  const script = /<script>([\s\S]*)<\/script>/.exec(html)?.[1] ?? '';
  const ids = [...html.matchAll(/ id="([\w-]+)"/g)].map(([, id]) => id ?? '');
  const byIds = new Map(ids.map((id) => [id, new SmallElement(id)]));
  const byId = (id: string) => {
    const element = byIds.get(id);
    if (element === undefined) throw new Error(`the page has no ${id}`);
    return element;
  };
  for (const [, id = '', text = ''] of html.matchAll(
    /<script type="application\/json" id="(\w+)">([\s\S]*?)<\/script>/g,
  )) {
    byId(id).textContent = text;
  }
  const filters = byId('filters').elements;
  for (const [, name = '', options = ''] of html.matchAll(/<select name="(\w+)">(.*?)<\/select>/g)) {
    const value = /value="(\w*)" selected/.exec(options)?.[1] ?? '';
    filters[name] = Object.assign(new SmallElement('select'), { value });
  }
  for (const [, name = '', value = ''] of html.matchAll(/<input type="radio" name="(\w+)" value="(\w+)" checked>/g)) {
    filters[name] = Object.assign(new SmallElement('radios'), { value });
  }
  filters['text'] = new SmallElement('input');
  const document = Object.assign(new SmallElement('document'), {
    getElementById: byId,
    createElement: (name: string) => new SmallElement(name),
    createElementNS: (_: string, name: string) => new SmallElement(name),
  });
  const copied: string[] = [];
  // No fetch, no window, no timers that outlive the test.
  runInNewContext(script, {
    document,
    navigator: {
      clipboard: {
        writeText: async (text: string) => {
          copied.push(text);
        },
      },
    },
    setTimeout: (run: () => void) => {
      run();
      return 0;
    },
    clearTimeout: () => undefined,
  });
  const rows = () => byId('alerts').children.map((item) => item.children[0] as SmallElement);
  return {
    byId,
    filters,
    filter: (values) => {
      for (const [name, value] of Object.entries(values)) (filters[name] as SmallElement).value = value;
      byId('filters').fire('input');
    },
    rows,
    open: (row) => {
      row.open = true;
      row.fire('toggle');
      return row;
    },
    press: (key) =>
      document.fire('keydown', { key, target: new SmallElement('body'), preventDefault: () => undefined }),
    copied,
  };
}
