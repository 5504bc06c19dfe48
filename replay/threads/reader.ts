import type { Evidence } from '../../lambda/alerts/evidence';
import { EvidenceMaker, type Sample } from '../evidence-again';
import { type Engine, Extractor, type Span } from '../extract';
import type { Input } from '../reading/inputs';
import { type Scan, scan } from '../scan';

/** Reads inputs, one after the other: what a thread does. Never fails for what an input holds. */
export interface Reader {
  /** @param take gets what was found, part by part, before the promise is kept */
  scan(input: Input, take: (found: Scan) => void): Promise<void>;
  /** Reads an input again for what alerts show. @returns for each sample its evidence, if its record is still there */
  evidence(input: Input, samples: readonly Sample[]): Promise<(Evidence | undefined)[]>;
}

/** Reads in the thread that asks. */
export class OwnReader implements Reader {
  private readonly extractor: Extractor;
  /** Made when it is first asked: it holds as much again as the engine. */
  private maker: EvidenceMaker | undefined;

  /** @param pause waited for between the parts of an input; no more of it is read when it returns false */
  constructor(
    private readonly engine: Engine,
    span: Span,
    canReadAgain: boolean,
    private readonly pause?: () => Promise<boolean>,
  ) {
    this.extractor = new Extractor(engine, span, canReadAgain);
  }

  async scan(input: Input, take: (found: Scan) => void): Promise<void> {
    for await (const found of scan(this.extractor, input)) {
      take(found);
      if (this.pause !== undefined && !(await this.pause())) break;
    }
  }

  async evidence(input: Input, samples: readonly Sample[]): Promise<(Evidence | undefined)[]> {
    this.maker ??= new EvidenceMaker(this.engine.rules);
    const { found } = this.maker;
    await this.maker.addFromInput(input, samples);
    const evidence = samples.map((sample) => found.get(sample));
    found.clear();
    return evidence;
  }
}
