import { oncePerEvent } from '../../lambda/intake/once-per-event';
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
