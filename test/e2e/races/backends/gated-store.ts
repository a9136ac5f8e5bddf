import type { Gate } from '../schedule.js';

/** The same store, but every call of it waits at the gate; within one, nobody comes in between. */
export function gated<T extends object>(store: T, gate: Gate): T {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      // The index of users, which a store may have beside its records.
      if (typeof member === 'object' && member !== null) return gated(member, gate);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): Promise<unknown> =>
        gate.pass(String(name), async () => Reflect.apply(member, target, args));
    },
  });
}
