/**
 * Begins work that may throw instead of rejecting, or answer at once, such as that of someone else's store.
 */
export function begun<T>(work: () => Promise<T>): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error);
  }
}
