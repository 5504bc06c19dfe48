import { StoreUnavailableError } from '../lambda/errors';

/** A store that says which of its methods were called, and fails when told. */
export function recording<T extends object>(target: T) {
  const calls: string[] = [];
  const failures: { method: string; before: boolean }[] = [];
  let isDown: (method: string) => boolean = () => false;
  const store = new Proxy(target, {
    get(_, name) {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function' || typeof name !== 'string') return method;
      return async (...parameters: unknown[]) => {
        calls.push(name);
        const index = failures.findIndex((failure) => failure.method === name);
        const [failure] = index < 0 ? [] : failures.splice(index, 1);
        if (failure?.before || isDown(name)) throw new StoreUnavailableError(`${name} was made to fail`);
        const result: unknown = await Reflect.apply(method, target, parameters);
        if (failure !== undefined) throw new StoreUnavailableError(`the answer of ${name} was lost`);
        return result;
      };
    },
  });
  return {
    store,
    calls,
    /** The next call of the method is not carried out. */
    failNext: (method: keyof T & string) => void failures.push({ method, before: true }),
    /** The next call of the method is carried out, and nobody learns of it. */
    loseNext: (method: keyof T & string) => void failures.push({ method, before: false }),
    /** Until further notice, methods for which it is true fail. */
    setDown: (down: (method: string) => boolean) => {
      isDown = down;
    },
  };
}
