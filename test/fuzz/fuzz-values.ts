import type { Random } from './random.js';

/** Plain data that every store returns as it was. */
export function plainValue(random: Random, depth = 0): unknown {
  switch (random.below(depth < 3 ? 7 : 5)) {
    case 0:
      return random.below(1_000);
    case 1:
      return random.text(random.below(30), 0, 0x2fff);
    case 2:
      return random.chance(0.5);
    case 3:
      return null;
    case 4:
      return 'x'.repeat(random.below(2_000));
    case 5:
      return Array.from({ length: random.below(4) }, () => plainValue(random, depth + 1));
    default:
      return { [random.text(3, 0x61, 0x7a)]: plainValue(random, depth + 1) };
  }
}

/** What an application may put in its session by mistake. */
export function oddValue(random: Random): unknown {
  return random.pick(ODD_VALUES);
}

const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;

const deep: unknown = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000));

const ODD_VALUES: readonly unknown[] = [
  undefined,
  5n,
  Symbol('odd'),
  () => 1,
  new Map([[1, 2]]),
  cycle,
  deep,
  JSON.parse('{"__proto__":{"polluted":true}}'),
  Number.NaN,
  new Date(Number.NaN),
  new Date(0),
  Buffer.from('bytes'),
  { toJSON: () => 5n },
  {
    toJSON: () => {
      throw new TypeError('toJSON of the application threw');
    },
  },
];

/** What an application may set `cookie.maxAge` to. */
export function oddAge(random: Random): unknown {
  const ages = [0, -1, 1, 60_000, 1e300, Number.NaN, Infinity, null, 'soon'];
  return random.pick<unknown>(ages);
}

export const KEYS = ['a', 'b', 'c', 'count', 'toString2', '7', 'items'];
export const ODD_KEYS = [
  '_sesame',
  '__proto__',
  'constructor',
  'toString',
  'save',
  'id',
  'req',
  '',
  'hasOwnProperty',
  'cookie',
];
