import type { AddressInfo, Server } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Agent } from 'node:http';
import { send, sendOverHttp2 } from './client.js';
import { observedAnswer, observedStores } from './observation.js';
import { RecordingStore } from './recording-store.js';
import type { Platform, Scenario } from './scenario.js';
import { createScenarioServer } from './server.js';
import { createMiddleware } from './sides.js';
import type { SessionMiddleware, Side } from './sides.js';
import { World } from './world.js';

/** Everything that can be seen from outside. */
export type Observation = Record<string, unknown>;

/** Runs a scenario on one side. */
export async function run(
  scenario: Scenario,
  side: Side,
  platform: Platform,
): Promise<Observation> {
  const world = new World(side, platform);
  const middlewares = start(scenario, world);
  if (middlewares === undefined) return { start: 'refused' };
  const server = createScenarioServer(scenario, middlewares, world);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.port = portOf(server);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const isHttp2 = platform === 'http2';
  world.send = (step) => (isHttp2 ? sendOverHttp2(world, step) : send(world, step, agent));
  try {
    scenario.before?.(world);
    const answers = await answersOf(scenario, world);
    // Errors that come after a response come in one of the next turns.
    for (let turns = 0; turns < 3; turns += 1) await turn();
    const notes = world.notes.length > 0 ? { notes: world.notes.join(', ') } : {};
    const stores = observedStores(world, scenario.exactly ?? []);
    return { start: 'well', ...answers, ...notes, ...named(stores) };
  } finally {
    agent.destroy();
    server.closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** The middlewares with their stores; `undefined` when one refuses its options. */
function start(scenario: Scenario, world: World): SessionMiddleware[] | undefined {
  const { options = {}, middlewares = [options], ownDefaults = false } = scenario;
  try {
    return middlewares.map((given, index) => {
      const store = (world.stores[index] ??= new RecordingStore());
      return createMiddleware(world.side, store, given, ownDefaults);
    });
  } catch {
    return undefined;
  }
}

async function answersOf(scenario: Scenario, world: World): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const [index, request] of scenario.requests.entries()) {
    const step = typeof request === 'string' ? { path: request } : request;
    if (typeof step === 'function') answers[`#${index + 1}`] = await step(world);
    else {
      step.before?.(world);
      answers[`#${index + 1}`] = observedAnswer(await world.send(step), scenario.exactly ?? []);
    }
  }
  return answers;
}

/** `store`, or `store 2` for the store of a second middleware. */
function named(stores: readonly object[]): Record<string, object> {
  return Object.fromEntries(
    stores.map((store, index) => [index === 0 ? 'store' : `store ${index + 1}`, store]),
  );
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
