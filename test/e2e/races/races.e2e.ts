import { afterAll, beforeAll, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { httpPlatform } from '../../support/applications/http-platform.js';
import { closeApps } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import type { Backend } from './backends/backend.js';
import { describeOnBackends } from './backends/describe-on-backends.js';
import { FOUND } from './found.js';
import { plans, revocations } from './plan.js';
import type { Plan } from './plan.js';
import { runPlan } from './race.js';
import { startRaceApp } from './race-app.js';
import { Gate } from './schedule.js';
import type { Step } from './schedule.js';
import type { History } from './sequential-history.js';
import { SequentialModel } from './sequential-model.js';

/**
 * How many schedules on all stores together, and which: the same ones every time, unless RACE_SEED says
 * otherwise. A failure prints its seed and path: to see it again, give them back as RACE_SEED and RACE_PATH.
 */
const RUNS = Number(process.env['RACE_RUNS'] ?? 250);
/** Fastify has schedules of its own. */
const SEED = httpPlatform() === 'fastify' ? 2 : 1;
const REPLAY = {
  seed: Number(process.env['RACE_SEED'] ?? SEED),
  ...(process.env['RACE_PATH'] !== undefined && { path: process.env['RACE_PATH'] }),
};

describeOnBackends(
  [
    ['one Redis', 0.4],
    ['one Redis, by node-redis', 0.1],
    ['one memory store', 0.3],
    ['one PostgreSQL', 0.2],
    ['one SQLite', 0.1],
    ['one MariaDB', 0.1],
  ],
  (open, share) => {
    const gate = new Gate();
    let backend: Backend;
    let browsers: readonly [Browser, Browser];

    beforeAll(async () => {
      backend = await open(gate);
      const [one, two] = backend.stores;
      browsers = [
        (await startRaceApp(one, gate)).browser(),
        (await startRaceApp(two, gate)).browser(),
      ];
    });

    afterAll(async () => {
      await closeApps();
      await backend.close();
    });

    const stepsOf = async (plan: Plan): Promise<readonly Step[]> =>
      (await runPlan(plan, browsers, backend, gate)).steps;

    it('do what a single server would do that serves one request at a time', async () => {
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          const history = await runPlan(plan, browsers, backend, gate);
          if (!new SequentialModel(history).explains()) throw new Error(tell(history));
        }),
        { numRuns: Math.ceil(RUNS * share), examples: FOUND, ...REPLAY },
      );
    }, 300_000);

    it('do the same while all sessions of a user are ended', async () => {
      await fc.assert(
        fc.asyncProperty(revocations, async (plan) => {
          const history = await runPlan(plan, browsers, backend, gate);
          if (!new SequentialModel(history).explains()) throw new Error(tell(history));
        }),
        { numRuns: Math.ceil((RUNS * share) / 5) },
      );
    }, 300_000);

    it('take the same steps again when a schedule is rerun', async () => {
      for (const plan of fc.sample(plans, 20)) {
        expect(await stepsOf(plan)).toEqual(await stepsOf(plan));
      }
    });
  },
);

/** What happened, for whoever has to find out why. */
function tell({ initial, requests, steps, found, records }: History): string {
  const show = (value: unknown): string => JSON.stringify(value);
  return [
    'No sequential order explains this:',
    `initial session ${show(initial)}`,
    ...requests.map((request, actor) => `#${actor} ${show(request)}`),
    ...steps.map(
      ({ actor, label, moved }, step) => `${step}. #${actor} ${label} (${[...moved].join()})`,
    ),
    ...found.map((one) => `in the end ${show(one)}`),
    `${records} record(s) left in the store`,
  ].join('\n');
}
