import { Answers, Joined, oncePerEvent } from '../../lambda/intake/remembered';
import type { TrailEvent } from '../../lambda/intake/trail-event';

const event = (call: string): TrailEvent => ({ call }) as TrailEvent;

describe('oncePerEvent', () => {
  it('asks once about one event, and again about the next', () => {
    const asked: string[] = [];
    const callOf = oncePerEvent(({ call }) => {
      asked.push(call);
      return call;
    });
    const [first, second] = [event('A'), event('B')];
    expect([first, first, second, second, first].map(callOf)).toEqual(['A', 'A', 'B', 'B', 'A']);
    expect(asked).toEqual(['A', 'B', 'A']);
  });

  it('asks again when the question threw, and gives no answer of another event', () => {
    let fails = false;
    const callOf = oncePerEvent(({ call }) => {
      if (fails) throw new Error('cannot say');
      return call;
    });
    const [first, second] = [event('A'), event('B')];
    expect(callOf(first)).toBe('A');
    fails = true;
    expect(() => callOf(second)).toThrow('cannot say');
    expect(() => callOf(second)).toThrow('cannot say');
    fails = false;
    expect(callOf(second)).toBe('B');
  });
});

describe('Answers', () => {
  it('are remembered by text and list', () => {
    let asked = 0;
    const answers = new Answers((text, list) => {
      asked++;
      return list.includes(text);
    });
    const [one, other] = [['a', '__proto__'], ['b']];
    const texts = ['a', 'a', 'b', 'a', '__proto__', 'constructor', ''];
    expect(texts.map((text) => answers.about(text, one))).toEqual(texts.map((text) => one.includes(text)));
    expect(texts.map((text) => answers.about(text, other))).toEqual(texts.map((text) => other.includes(text)));
    expect(asked).toBe(2 * new Set(texts).size);
  });

  it('stay right with more texts, and more lists, than are remembered', () => {
    const answers = new Answers((text, list) => list.includes(text));
    const list = ['text 7', 'text 29999'];
    const yes = Array.from({ length: 30_000 }, (_, index) => `text ${index}`).filter((text) =>
      answers.about(text, list),
    );
    expect(yes).toEqual(list);
    for (let index = 0; index < 1_000; index++) {
      expect(answers.about('text 7', [`text ${index}`])).toBe(index === 7);
    }
    expect(answers.about('text 7', list)).toBe(true);
  });
});

describe('Joined', () => {
  it('joins the two texts, whatever they are', () => {
    const joined = new Joined('|');
    const texts = ['a', '__proto__', '', 'a', 'constructor', 'b|c', 'b'];
    for (const first of texts) {
      for (const second of texts) expect(joined.of(first, second)).toBe(`${first}|${second}`);
    }
  });

  it('stays right with more texts than are remembered, under one first text and under many', () => {
    const joined = new Joined(':');
    const wrong = Array.from({ length: 50_000 }, (_, index) => String(index)).filter(
      (text) => joined.of('one', text) !== `one:${text}` || joined.of(text, 'one') !== `${text}:one`,
    );
    expect(wrong).toEqual([]);
    expect(joined.of('one', '7')).toBe('one:7');
  });
});
