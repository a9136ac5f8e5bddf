import type { Handler, ScenarioRequest } from '../support/scenario.js';

/**
 * The application of the scenarios without one of their own: it counts, shows, and ends
 * sessions, by path.
 */
export const standardApplication: Handler = (request, response) => {
  const path = (request.url ?? '/').split('?')[0]?.split('/').at(-1);
  if (path === 'untouched') return response.end('untouched');
  if (!('session' in request) || !request.session) return response.end('no session here');
  switch (path) {
    case 'count':
      return response.end(String(count(request)));
    case 'destroy':
      return afterwards(
        (done) => request.session.destroy(done),
        () => response.end('destroyed'),
      );
    case 'regenerate':
      return afterwards(
        (done) => request.session.regenerate(done),
        () => response.end(`regenerated: ${request.sessionID}`),
      );
    default:
      return response.end(shown(request));
  }
};

/** Responds in the callback of a call. What is thrown there is an error of the handler, not a crash. */
export function afterwards(
  call: (done: () => void) => unknown,
  answer: () => unknown,
): Promise<unknown> {
  return new Promise<void>((resolve) => call(resolve)).then(answer);
}

export function count({ session }: ScenarioRequest): number {
  session.count = (session.count ?? 0) + 1;
  return session.count;
}

/** The session as the application sees it. */
export function shown({ session, sessionID }: ScenarioRequest): string {
  const { cookie, ...data } = session;
  const { path, domain, httpOnly, secure, sameSite, originalMaxAge } = cookie;
  const lifetime = typeof cookie.maxAge === 'number' ? Math.round(cookie.maxAge / 2_000) : 'none';
  const attributes = { path, domain, httpOnly, secure, sameSite, originalMaxAge, lifetime };
  return JSON.stringify({ id: session.id === sessionID, data, attributes });
}
