import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { SessionOptions } from 'nestjs-sesame';
import { SECRET } from '../support/applications/nest-app.js';
import { accuse, runCase, runningCase } from './fuzz-case.js';
import type { FuzzCase } from './fuzz-case.js';
import { describe, isExpected, OwnError } from './fuzz-errors.js';
import { MILD, PARALLEL, WILD } from './fuzz-handlers.js';
import type { Platform } from './fuzz-platforms.js';
import { look, sessionOf, set } from './fuzz-steps.js';
import type { Scene, Step } from './fuzz-steps.js';
import type { PlantableStore } from './fuzz-stores.js';

/** A server whose requests do what their cases say. */
export interface FuzzServer extends PlantableStore {
  readonly server: Server;
  readonly hashIds: boolean;
  /** The cases whose handlers are under way. */
  readonly running: Set<FuzzCase>;
}

/** @param find the case of a request */
export async function startFuzzServer(
  platform: Platform,
  plantable: PlantableStore,
  options: Partial<SessionOptions>,
  find: (request: IncomingMessage) => FuzzCase,
): Promise<FuzzServer> {
  const cases = new WeakMap<IncomingMessage, FuzzCase>();
  const running = new Set<FuzzCase>();
  const server = await platform(
    {
      secret: SECRET,
      store: plantable.store,
      storeTimeout: 2_000,
      genid: (request) => {
        const id = randomBytes(24).toString('base64url');
        cases.get(request)?.generated.add(id);
        return id;
      },
      ...options,
    },
    {
      arrive: (request, response, next) => {
        // A handler that writes after the end is told so this way; that is between it and Node.
        response.on('error', () => undefined);
        const fuzzCase = find(request);
        cases.set(request, fuzzCase);
        runCase(fuzzCase, next);
      },
      handle: (arrived) => {
        const fuzzCase = runningCase();
        if (fuzzCase === undefined) throw new Error('a handler ran outside its case');
        running.add(fuzzCase);
        return play({ fuzzCase, ...arrived }).finally(() => running.delete(fuzzCase));
      },
      judge: (request, error) => {
        const fuzzCase = cases.get(request);
        if (fuzzCase !== undefined && !isExpected(error)) accuse(fuzzCase, describe(error));
      },
    },
  );
  return { ...plantable, server, hashIds: options.hashIds ?? true, running };
}

async function play(scene: Scene): Promise<void> {
  const { fuzzCase, request, response } = scene;
  if (request.url === '/look') {
    look(scene);
    scene.answer(attributesOf(scene));
    return;
  }
  const { random } = fuzzCase;
  if (fuzzCase.isExact) {
    set(scene);
    await perform(scene, MILD);
  } else if (random.chance(0.1)) {
    await Promise.all([perform(scene, PARALLEL), perform(scene, PARALLEL)]);
  } else {
    await perform(scene, WILD);
  }
  if (fuzzCase.random.chance(0.9)) look(scene);
  fuzzCase.atEnd = attributesOf(scene);
  if (!response.writableEnded) scene.answer('done');
}

/** Most handlers swallow what goes wrong and go on, which is worse than giving up. */
async function perform(scene: Scene, steps: Readonly<Record<string, Step>>): Promise<void> {
  const { fuzzCase } = scene;
  const { random } = fuzzCase;
  for (let left = random.below(8); left > 0; left -= 1) {
    const [name, step] = random.pick(Object.entries(steps));
    fuzzCase.done.push(name);
    try {
      await step(scene);
    } catch (error) {
      if (!isExpected(error)) accuse(fuzzCase, describe(error));
      if (error instanceof OwnError || (!fuzzCase.isExact && random.chance(0.2))) throw error;
    }
  }
}

function attributesOf(scene: Scene): string {
  if (!scene.fuzzCase.isExact) return '';
  const { cookie: _cookie, ...attributes } = sessionOf(scene) ?? {};
  return JSON.stringify(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
