import 'express-session';

declare module 'express-session' {
  interface Session {
    /**
     * Stores the session now. Without a callback, the promise resolves when it is stored. Rarely needed:
     * every response waits until its session is stored.
     */
    save(): Promise<void>;
    /**
     * Ends the session and begins an empty one. Without a callback, the promise resolves when the new one
     * is on `req.session`.
     */
    regenerate(): Promise<void>;
    /**
     * Reads the session again. Without a callback, the promise resolves when what is stored is on
     * `req.session`, in another object.
     */
    reload(): Promise<void>;
    /** Ends the session. Without a callback, the promise resolves when its record is removed. */
    destroy(): Promise<void>;
  }
}

/** A callback as express-session calls it. */
type Callback = (error?: unknown) => void;

/** What is called back; anything but a function counts as none, as in express-session. */
export type OptionalCallback = Callback | null | undefined;

/** Calls a function that takes a callback: with the application's, if there is one, or else for a promise. */
export function callbackOrPromise(
  call: (callback: Callback) => unknown,
  callback: OptionalCallback,
): unknown {
  if (typeof callback === 'function') return call(callback);
  const done = new Promise<void>((resolve, reject) => {
    call((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  // The application need not wait for it: a failure must not end the process of one that does not.
  done.catch(() => undefined);
  return done;
}
