/** Begins something that may throw instead of rejecting, or answer at once, such as a store of someone else's. */
export function begun<T>(work: () => Promise<T>): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error);
  }
}
