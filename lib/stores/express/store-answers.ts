import { types } from 'node:util';

/**
 * Returns what a method of the store calls back with. Some also return a promise, which may reject as well.
 */
export function answerOf<T>(
  call: (done: (error?: unknown, answer?: T) => void) => unknown,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(asError(error));
    const returned = call((error, answer) => (error ? fail(error) : resolve(answer)));
    Promise.resolve(returned).catch(fail);
  });
}

/** Treats a missing file as an absent session. A missing socket is an outage. */
export function undefinedIfAbsent(error: Error): undefined {
  const isAbsence = 'code' in error && error.code === 'ENOENT';
  if (!isAbsence || ('syscall' in error && error.syscall === 'connect')) throw error;
}

/** `isNativeError` also recognises errors of other realms, and reads none of their properties. */
function asError(error: unknown): Error {
  return types.isNativeError(error)
    ? error
    : new Error('The session store failed', { cause: error });
}
