/**
 * Node's own, as it was when this was loaded: the fake timers of a test would hold back the callbacks of a
 * session's methods, and the test would wait for them forever.
 */
export const { nextTick } = process;
