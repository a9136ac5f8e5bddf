import type { Answer } from './answer.js';
import { readSetCookies, secondsUntil } from './set-cookie.js';
import { callsWithoutStanding, withoutStanding } from './standing.js';
import type { StandingKey } from './standing.js';
import type { World } from './world.js';

/** A response, as it is compared. */
export function observedAnswer(answer: Answer, exactly: readonly StandingKey[]): object {
  const { setCookies, headers: _headers, information, isComplete, ...rest } = answer;
  return {
    ...rest,
    body: jsonOr(answer.body),
    headers: withoutStanding(answer, exactly),
    cookies: readSetCookies(setCookies, exactly.includes('max-age')),
    ...(information.length > 0 && { information: information.join(' ') }),
    ...(!isComplete && { broken: true }),
  };
}

/** The stores after a scenario: what was asked of them, and what they hold. */
export function observedStores({ stores, side }: World, exactly: readonly StandingKey[]): object[] {
  return stores.map((store) => ({
    calls: callsWithoutStanding(store.calls, side, exactly),
    contents: Object.fromEntries(
      Object.entries(store.contents()).map(([key, record]) => [
        key,
        observedRecord(record, exactly),
      ]),
    ),
  }));
}

function observedRecord(record: unknown, exactly: readonly StandingKey[]): unknown {
  if (!isObject(record)) return record;
  // What Sesame itself keeps about a session is none of express-session's business.
  const { _sesame: _metadata, cookie, ...data } = record;
  if (!isObject(cookie)) return { cookie, ...data };
  const { expires, ...attributes } = cookie;
  const isLifetimeTold = cookie['originalMaxAge'] !== null || exactly.includes('stored-expiry');
  const expiresIn =
    typeof expires === 'string' && isLifetimeTold ? secondsUntil(expires) : undefined;
  return { cookie: { ...attributes, expiresIn }, ...data };
}

/** A body that is JSON is compared attribute by attribute. */
function jsonOr(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
