import type { Random } from './random.js';

/** A text to plant in a store, and whether it is a session. */
export interface PlantedRecord {
  readonly payload: string;
  readonly isSession: boolean;
}

const DEPTH = 20_000;
const DEEP = '['.repeat(DEPTH) + ']'.repeat(DEPTH);

/** Records that nobody should have written, and a few that are merely odd. */
export function plantedRecord(random: Random): PlantedRecord {
  const now = Date.now();
  const head = `"_sesame":{"seenAt":${now},"createdAt":${now}}`;
  const isOdd = random.chance(0.4);
  return isOdd
    ? { payload: random.pick(oddSessions(random, head, now)), isSession: true }
    : { payload: random.pick(noSessions(random, head, now)), isSession: false };
}

function oddSessions(random: Random, head: string, now: number): string[] {
  const path = JSON.stringify(random.text(8, 0, 0x100));
  return [
    `{"cookie":{"originalMaxAge":null,"expires":null}}`,
    `{${head},"cookie":{},"deep":${DEEP}}`,
    `{${head},"cookie":{}}`,
    `{${head},"cookie":{"expires":"never","path":7,"secure":"perhaps"},"count":1}`,
    `{${head},"cookie":{"originalMaxAge":1e300}}`,
    `{${head},"cookie":{"path":${path},"domain":${path}}}`,
    `{${head},"cookie":{},"constructor":{"prototype":{"polluted":true}},"toString":1,"save":2}`,
    `{${head},"cookie":{},"id":"chosen","req":{},"hasOwnProperty":0}`,
    `{"cookie":{},"_sesame":{"seenAt":${now},"createdAt":${now},"userId":5,"cookie":[],"ip":{}}}`,
    `{"_sesame":{"seenAt":${now},"createdAt":${now},"cookie":{"originalMaxAge":1e300}},"cookie":{}}`,
    `{"_sesame":{"seenAt":${now},"createdAt":${now},"cookie":{"path":${path}}},"cookie":{}}`,
    `{"_sesame":{"seenAt":${now},"createdAt":${now},"idleTimeout":1e300},"cookie":{}}`,
    `{"_sesame":{"seenAt":1e300,"createdAt":${now}},"cookie":{}}`,
  ];
}

function noSessions(random: Random, head: string, now: number): string[] {
  const good = `{${head},"cookie":{},"count":1}`;
  return [
    random.text(random.below(60), 1, 0xff),
    good.slice(0, random.below(good.length)),
    `${good}${good}`,
    '5',
    'true',
    '"text"',
    '[{}]',
    '{}',
    `{${head}}`,
    `{${head},"cookie":[]}`,
    `{${head},"cookie":{},"__proto__":{"polluted":true}}`,
    `{${head},"cookie":{},"a":[{"\\u005f_proto__":{"polluted":true}}]}`,
    `{${head},"cookie":{"__proto__":{"polluted":true}}}`,
    `{"_sesame":{"seenAt":${now}},"cookie":{}}`,
    `{"_sesame":{"ended":"revoked"},"cookie":{"originalMaxAge":null}}`,
    `{"_sesame":{"ended":"nonsense"},"cookie":{}}`,
    `{"_sesame":{"seenAt":-1e300,"createdAt":-1e300},"cookie":{}}`,
    `{${head},"cookie":{},"deep":${DEEP},"sign":"\\u0041"}`,
    'enc.abcdefgh.AAAA',
    'enc..',
  ];
}
