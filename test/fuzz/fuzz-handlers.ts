import { OwnError } from './fuzz-errors.js';
import {
  call,
  cut,
  flushHeaders,
  isObject,
  look,
  pause,
  remove,
  sessionOf,
  set,
  write,
  writeHead,
} from './fuzz-steps.js';
import type { Step } from './fuzz-steps.js';
import { ODD_KEYS, oddAge, oddValue } from './fuzz-values.js';

/** Steps that lose nothing: whatever their order, the session must be stored as it was at the end. */
export const MILD: Readonly<Record<string, Step>> = {
  set,
  setMore: set,
  remove,
  save: call('save'),
  pause,
  write,
  writeHead,
  flushHeaders,
};

/** What a handler does to its session. */
const SESSION: Readonly<Record<string, Step>> = {
  look,
  lookAgain: look,
  set,
  setMore: set,
  remove,
  save: call('save'),
  regenerate: call('regenerate'),
  destroy: call('destroy'),
  touch: (scene) => {
    const session = sessionOf(scene);
    const touch = session?.['touch'];
    const isWhole = isObject(session?.['cookie']);
    if (isWhole && typeof touch === 'function') Reflect.apply(touch, session, []);
  },
  setOddKey: (scene) => {
    const session = sessionOf(scene);
    const { random } = scene.fuzzCase;
    if (session && random.chance(0.2))
      Reflect.set(session, random.pick(ODD_KEYS), oddValue(random));
  },
  setOddValue: (scene) => {
    const session = sessionOf(scene);
    const { random } = scene.fuzzCase;
    if (session && random.chance(0.2)) session['a'] = oddValue(random);
  },
  setMaxAge: (scene) => {
    const cookie = sessionOf(scene)?.['cookie'];
    const { random } = scene.fuzzCase;
    if (isObject(cookie) && random.chance(0.3)) Reflect.set(cookie, 'maxAge', oddAge(random));
  },
  assign: ({ request, fuzzCase: { random } }) => {
    const given = random.pick([null, undefined, 5, {}, []]);
    if (random.chance(0.3)) Reflect.set(request, 'session', given);
  },
  deleteSession: ({ request, fuzzCase: { random } }) => {
    if (random.chance(0.3)) Reflect.deleteProperty(request, 'session');
  },
};

/** What a handler does to its response, and what is done to that. */
const RESPONSE: Readonly<Record<string, Step>> = {
  pause,
  pauseAgain: pause,
  write,
  writeHead,
  flushHeaders,
  end: ({ answer }) => answer('the end'),
  destroyResponse: (scene) => cut(scene, 0.1, () => scene.response.destroy()),
  destroyRequest: (scene) => cut(scene, 0.1, () => scene.request.destroy()),
  abort: (scene) => cut(scene, 0.3, () => scene.fuzzCase.abort()),
  throw: ({ fuzzCase }) => {
    if (fuzzCase.random.chance(0.1)) throw new OwnError();
  },
};

/** What two parts of a handler may do at the same time. */
export const PARALLEL: Readonly<Record<string, Step>> = { ...SESSION, ...RESPONSE };

/**
 * Everything that a handler may do, the worst included. As in express-session, a session that was
 * read again while another part of the handler replaced it would hold what it was read with.
 */
export const WILD: Readonly<Record<string, Step>> = { ...PARALLEL, reload: call('reload', 1) };
