import { describe, expect, it } from '@jest/globals';
import type { Differing } from '../differences/difference.js';
import { predict } from '../forecast/predict.js';
import { agree, differencesBetween } from './agreement.js';
import { run } from './run.js';
import type { Platform, Scenario } from './scenario.js';

const PLATFORMS: readonly Platform[] = ['http', 'express'];

/** Runs each scenario on both sides: they agree on everything except what the rules say. */
export function compareAll(scenarios: readonly Scenario[]): void {
  describe.each(scenarios.map((scenario): [string, Scenario] => [scenario.name, scenario]))(
    '%s',
    (_name, scenario) => {
      it.each(scenario.on ?? PLATFORMS)('on %s', async (platform) => {
        const plain = await run(scenario, 'express-session', platform);
        const sesame = await run(scenario, 'sesame', platform);
        const expected = differencesBetween(plain, predict(scenario, platform, plain));
        expect(withinTolerance(differencesBetween(plain, sesame), expected)).toEqual(expected);
      });
    },
  );
}

/** What was found, with the expected numbers in place of those that count as the same. */
function withinTolerance(found: Differing, expected: Differing): Differing {
  return Object.fromEntries(
    Object.entries(found).map(([path, sides]) => {
      const wanted = expected[path];
      const isMet = wanted?.every((side, index) => agree(path, sides[index], side)) ?? false;
      return [path, isMet && wanted !== undefined ? wanted : sides];
    }),
  );
}
