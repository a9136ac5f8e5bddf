/**
 * Node's own, as it was when this was loaded: the fake timers of a test would keep back the callbacks of a
 * session's methods, and the test would wait for them without end.
 */
export const { nextTick } = process;
