import { types } from 'node:util';

/** Says what to do with a promise that was given in place of what it resolves to. */
export function promiseMistake(value: unknown): string | undefined {
  return types.isPromise(value)
    ? 'is a promise; await it first, in the useFactory of SessionModule.forRootAsync()'
    : undefined;
}

/**
 * True for a promise, which a function may not return. It is refused whatever comes of it, so its rejection is
 * nobody's any more, and must not end the process.
 */
export function isRefusedPromise(returned: unknown): boolean {
  if (!types.isPromise(returned)) return false;
  returned.catch(() => undefined);
  return true;
}
