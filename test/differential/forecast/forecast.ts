import { STATUS_CODES } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Differing, Rule } from '../differences/difference.js';
import { issued } from '../differences/seen.js';
import { agree, differencesBetween } from '../support/agreement.js';
import type { Observation } from '../support/run.js';
import type { Platform, Scenario } from '../support/scenario.js';
import { at, put } from './places.js';

/** The status and the body of a response. */
export type Told = readonly [status: number, body: unknown];

/** Each of these holds several things in one line, and a rule may change some of them. */
const LISTS = new Set(['store.calls', 'notes']);

const NEVER_LEFT = 'the response never leaves';

/**
 * What is expected of Sesame in a scenario. It begins as what express-session showed, and each rule
 * changes what Sesame does differently. A rule that expects something else of express-session throws.
 */
export class Forecast {
  readonly observation: Observation;

  constructor(
    plain: Observation,
    private readonly scenario: Scenario,
    private readonly platform: Platform,
  ) {
    this.observation = structuredClone(plain);
  }

  /** Returns the places where it makes a difference; there must be some. */
  apply(rule: Rule): string[] {
    const before = structuredClone(this.observation);
    if (typeof rule === 'function') rule(this);
    else this.differs(rule);
    const places = Object.keys(differencesBetween(before, this.observation));
    if (places.length === 0) throw new Error('It changes nothing.');
    return places;
  }

  /** The id of the session that the first request has: a stored one, or the new one. */
  get firstId(): string {
    const [first] = this.scenario.requests;
    const cookie = typeof first === 'object' ? (first.cookie ?? '') : '';
    return cookie.includes('=s%3Aknown.') ? 'known' : 'sid-1a';
  }

  at(place: string): unknown {
    return at(this.observation, place);
  }

  /** Puts this there, whatever express-session shows. */
  put(place: string, value: unknown): void {
    put(this.observation, place, value);
  }

  /** For the calls of the store and the notes, which are lists, it replaces some of the entries. */
  differs(differing: Differing): void {
    for (const [place, [plain, sesame]] of Object.entries(differing)) {
      const found = this.at(place);
      if (LISTS.has(place)) this.put(place, replaced(place, found, plain, sesame));
      else {
        expected(place, found, plain);
        if (agree(place, plain, sesame)) throw new Error(`${place} does not differ.`);
        this.put(place, sesame);
      }
    }
  }

  /** An attribute of the first session's cookie, as this response shows it and as it is stored in the end. */
  attributeDiffers(number: number, attribute: string, plain: unknown, sesame: unknown): void {
    this.differs({
      [`#${number}.body.attributes.${attribute}`]: [plain, sesame],
      [`store.contents.${this.firstId}.cookie.${attribute}`]: [plain, sesame],
    });
  }

  /** Sesame answers the request of this number by another response, or by one at all. */
  answers(number: number, [plainStatus, plainBody]: Told, [status, body]: Told): void {
    const place = `#${number}`;
    expected(`${place}.status`, this.at(`${place}.status`), plainStatus);
    expected(`${place}.body`, this.at(`${place}.body`), plainBody);
    const isHttp2 = this.platform === 'http2';
    this.put(place, {
      status,
      message: isHttp2 ? '' : STATUS_CODES[status],
      body,
      trailers: {},
      headers: {
        ...(!isHttp2 && { connection: 'keep-alive', 'keep-alive': 'timeout=5' }),
        ...(status === 503 && { 'retry-after': '1' }),
      },
      // No cookie is sent for a session that could not be stored.
      cookies: status < 500 ? this.at(`${place}.cookies`) : {},
    });
    // A response that is sent is no longer noted as one that never is.
    if (String(this.at('notes')).includes(NEVER_LEFT)) this.differs({ notes: [NEVER_LEFT, ''] });
  }

  /** Only Sesame sends a cookie of the first session with this response, and the client comes back to it. */
  sends(number: number, cookie = issued(this.firstId)): void {
    this.differs({ [`#${number}.cookies.connect.sid`]: [undefined, cookie] });
    const record = Object.entries(Object(this.at(`store.contents.${this.firstId}`)));
    const data = Object.fromEntries(record.filter(([name]) => name !== 'cookie'));
    for (const [index, request] of this.scenario.requests.entries()) {
      const isWithIt = typeof request === 'string' || !('cookie' in request);
      if (index < number || !isWithIt) continue;
      const calls = entriesOf(this.at('store.calls'));
      this.put('store.calls', [...calls, `get ${this.firstId}`].join(', '));
      const place = `#${index + 1}.body.data`;
      if (this.at(place) !== undefined) this.put(place, data);
    }
  }

  /** Sesame never stores this session, nor sends its cookie, so nobody asks for it either. */
  leavesOut(id: string): void {
    const record = `store.contents.${id}`;
    if (this.at(record) === undefined) throw new Error(`express-session does not store ${id}.`);
    this.put(record, undefined);
    const calls = entriesOf(this.at('store.calls'));
    this.put('store.calls', calls.filter((call) => !call.endsWith(` ${id}`)).join(', '));
    for (const number of this.scenario.requests.keys()) {
      const cookie = `#${number + 1}.cookies.connect.sid`;
      if (this.at(`${cookie}.id`) === id) this.put(cookie, undefined);
    }
  }
}

function expected(place: string, found: unknown, plain: unknown): void {
  if (agree(place, found, plain)) return;
  throw new Error(
    `${place} of express-session is ${JSON.stringify(found)}, not ${JSON.stringify(plain)}.`,
  );
}

/** A list such as `get a, set a`, with some consecutive entries replaced by others. */
function replaced(place: string, list: unknown, plain: unknown, sesame: unknown): unknown {
  const entries = entriesOf(list);
  const out = entriesOf(plain);
  const start = entries.findIndex((_, index) =>
    isDeepStrictEqual(entries.slice(index, index + out.length), out),
  );
  if (out.length === 0 ? entries.length > 0 : start < 0) expected(place, list, plain);
  entries.splice(Math.max(start, 0), out.length, ...entriesOf(sesame));
  return entries.length === 0 && place === 'notes' ? undefined : entries.join(', ');
}

function entriesOf(list: unknown): string[] {
  return typeof list === 'string' && list !== '' ? list.split(', ') : [];
}
