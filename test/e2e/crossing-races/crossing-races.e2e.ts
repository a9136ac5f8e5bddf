import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { httpPlatform } from '../../support/applications/http-platform.js';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Backend } from '../races/backends/backend.js';
import { describeOnBackends } from '../races/backends/describe-on-backends.js';
import { Gate } from '../races/schedule.js';
import { startCrossingApp } from './crossing-app.js';
import { FOUND } from './found.js';
import { INVARIANTS } from './invariants.js';
import { caps, clicks, crossings, ends, fixations, revocations } from './plan.js';
import type { Cap, Plan } from './plan.js';
import { runPlan } from './run-plan.js';
import type { History, Instances } from './run-plan.js';

/**
 * How many schedules of each kind on all stores together, and which: the same ones every time, unless
 * CROSSING_SEED says otherwise. A failure prints its seed and path: to see it again, give them back as
 * CROSSING_SEED and CROSSING_PATH.
 */
const RUNS = Number(process.env['CROSSING_RUNS'] ?? 30);
/** Fastify has schedules of its own. */
const SEED = httpPlatform() === 'fastify' ? 2 : 1;
const REPLAY = {
  seed: Number(process.env['CROSSING_SEED'] ?? SEED),
  ...(process.env['CROSSING_PATH'] !== undefined && { path: process.env['CROSSING_PATH'] }),
};

/** The rules that are checked: all of them, or one, to see what a counterexample to it looks like. */
const ONLY = process.env['CROSSING_RULE'];

const CAPS: readonly Cap[] = ['none', 'evict-oldest', 'reject'];

describeOnBackends(
  [
    ['one Redis', 0.3],
    ['one Redis, by node-redis', 0.1],
    ['one memory store', 0.2],
    ['one memory store that moves sessions step by step', 0.2],
    ['one PostgreSQL', 0.2],
    ['one SQLite', 0.1],
    ['one MariaDB', 0.1],
  ],
  (open, share) => {
    const gate = new Gate();
    let backend: Backend;
    const instances = new Map<Cap, Instances>();

    beforeAll(async () => {
      backend = await open(gate);
      const [one, two] = backend.stores;
      for (const cap of CAPS) {
        instances.set(cap, [
          await startCrossingApp(one, cap, gate),
          await startCrossingApp(two, cap, gate),
        ]);
      }
    });

    afterAll(async () => {
      await closeApps();
      await backend.close();
    });

    const run = (plan: Plan): Promise<History> => {
      const pair = instances.get(plan.cap);
      if (pair === undefined) throw new Error(`no application has the cap ${plan.cap}`);
      return runPlan(plan, pair, backend, gate);
    };

    it.each([
      ['while nobody ends a session', crossings, FOUND.crossings],
      ['while somebody has the cookie from before the sign-in', fixations, FOUND.fixations],
      ['while sessions are ended', ends, FOUND.ends],
      ['while a session that gets new ids is ended', revocations, FOUND.revocations],
      ['while ada may have one session', caps, FOUND.caps],
      ['while a browser clicks more than once', clicks, FOUND.clicks],
    ])(
      'keep every promise across new ids, %s',
      async (_when, plans, found) => {
        await fc.assert(
          fc.asyncProperty(plans, async (plan) => {
            const history = await run(plan);
            const wrong = Object.entries(INVARIANTS).flatMap(([name, invariant]) =>
              ONLY === undefined || name === ONLY
                ? invariant(history).map((what) => `${name}: ${what}`)
                : [],
            );
            if (wrong.length > 0) throw new Error([...wrong, tell(history)].join('\n'));
          }),
          {
            numRuns: Math.ceil(RUNS * share),
            examples: found.map((plan): [Plan] => [plan]),
            ...REPLAY,
          },
        );
      },
      300_000,
    );

    it('take the same steps again when a schedule is rerun', async () => {
      for (const plan of fc.sample(ends, 5)) {
        expect((await run(plan)).steps).toEqual((await run(plan)).steps);
      }
    });
  },
);

/** What happened, for whoever has to find out why. */
function tell({ initial, requests, steps, found, stored, jars, listed }: History): string {
  const show = (value: unknown): string => JSON.stringify(value);
  const story = [
    `initial ${show(initial)}`,
    ...requests.map((request, actor) => `#${actor} ${show(request)}`),
    ...steps.map(
      ({ actor, label, moved }, step) => `${step}. #${actor} ${label} (${[...moved].join()})`,
    ),
    ...found.map((one) => `in the end ${show(one)}`),
    ...[...stored].map(([id, session]) => `stored ${show([id, session])}`),
    `jars ${show(jars)}`,
    `listed ${show(listed)}`,
  ].join('\n');
  // Ids are long, and only tell sessions apart.
  const ids = new Set([...story.matchAll(/"id":"([\w-]{32})"/g)].flatMap(([, id]) => id ?? []));
  return [...ids].reduce((text, id, index) => text.replaceAll(id, `id${index}`), story);
}
