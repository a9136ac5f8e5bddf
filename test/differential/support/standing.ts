import type { Answer } from './answer.js';
import type { RecordingStore } from './recording-store.js';
import type { Side } from './sides.js';

/** What would differ in nearly every scenario. */
export type StandingKey =
  | 'max-age'
  | 'cache-headers'
  | 'whole-body'
  | 'no-touch'
  | 'look-before-write'
  | 'nothing-to-destroy'
  | 'stored-expiry';

type Calls = readonly RecordingStore['calls'][number][];

/** Leaves the standing differences out of a response, except those that a scenario checks. */
export function withoutStanding(
  { headers, body }: Pick<Answer, 'headers' | 'body'>,
  exactly: readonly StandingKey[],
): Record<string, string> {
  const rest = { ...headers };
  if (!exactly.includes('cache-headers')) {
    const caching = (rest['cache-control'] ?? '').replace(/(?:^|, )no-cache="Set-Cookie"$/, '');
    delete rest['cache-control'];
    if (caching !== '') rest['cache-control'] = caching;
    const varies = (rest['vary'] ?? '').split(', ').filter((name) => !/^(Cookie)?$/.test(name));
    delete rest['vary'];
    if (varies.length > 0) rest['vary'] = varies.join(', ');
  }
  if (!exactly.includes('whole-body')) {
    if (rest['transfer-encoding'] === 'chunked') delete rest['transfer-encoding'];
    if (rest['content-length'] === String(Buffer.byteLength(body))) delete rest['content-length'];
  }
  return rest;
}

/** The calls a store got, in one line. */
export function callsWithoutStanding(
  calls: Calls,
  side: Side,
  exactly: readonly StandingKey[],
): string {
  const looks = side === 'sesame' && !exactly.includes('look-before-write') ? looksIn(calls) : [];
  const left = calls.filter((call) => {
    if (call.method === 'touch') return exactly.includes('no-touch');
    if (call.method === 'destroy') return call.wasThere || exactly.includes('nothing-to-destroy');
    return !looks.includes(call);
  });
  return left.map(({ method, key }) => `${method} ${key}`).join(', ');
}

/** The reads by which an adapter checks, right before it writes, that nobody else has written. */
function looksIn(calls: Calls): Calls {
  const reads = new Map<string, Calls[number]>();
  const looks: Calls[number][] = [];
  for (const call of calls) {
    const look = reads.get(call.key);
    if (call.method === 'get') reads.set(call.key, call);
    else if (look !== undefined) {
      looks.push(look);
      reads.delete(call.key);
    }
  }
  return looks;
}
