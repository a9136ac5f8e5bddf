import { describe, expect, it } from '@jest/globals';
import type { SessionSettings } from '../../../../lib/options/session-settings.js';
import { SessionSnapshot } from '../../../../lib/session/data/snapshot.js';
import { settlePlan } from '../../../../lib/session/state/settle-plan.js';
import type { SettleFacts, SettlePlan } from '../../../../lib/session/state/settle-plan.js';

/** What an application may do to its session. */
type Deed =
  | 'did not look at it'
  | 'only looked at it'
  | 'put something into it'
  | 'took all out of it'
  | 'changed its cookie alone'
  | 'set it to null';

/** Whether a touch is due, if that is asked. */
type Touch = 'due' | 'not due' | 'not asked';

type Options = Partial<Pick<SessionSettings, 'saveUninitialized' | 'unset'>>;

const SNAPSHOT = SessionSnapshot.of({ cart: 'tea' }, { originalMaxAge: null });
const COMMIT = { commit: SNAPSHOT };
const CHANGES = new Set<Deed>([
  'put something into it',
  'took all out of it',
  'changed its cookie alone',
]);

function facts(is: SettleFacts['state']['is'], deed: Deed): SettleFacts {
  return {
    state: { is },
    view: {
      isShown: deed !== 'did not look at it',
      isUnset: deed === 'set it to null',
      holdsAnything: () => deed === 'put something into it',
      hasChangedCookie: () => deed === 'changed its cookie alone',
    },
    changed() {
      const isCompared = is === 'stored' || is === 'rotated';
      if (deed === 'did not look at it' || deed === 'set it to null' || !isCompared) {
        throw new Error('nobody may ask what changed');
      }
      return CHANGES.has(deed) ? SNAPSHOT : undefined;
    },
  };
}

/** What is to be done, with the default options except for those given. */
function planFor(
  is: SettleFacts['state']['is'],
  deed: Deed,
  options: Options,
  touch: Touch = 'not asked',
): SettlePlan {
  const settings = { saveUninitialized: false, unset: 'destroy', ...options } as const;
  return settlePlan(facts(is, deed), settings, () => {
    if (touch === 'not asked') throw new Error('nobody may ask whether a touch is due');
    return touch === 'due';
  });
}

const KEEP = { unset: 'keep' } as const;
const SAVE = { saveUninitialized: true };
const SAVE_KEEP = { ...SAVE, ...KEEP };

describe('what is stored of a session', () => {
  describe('of which nothing is stored', () => {
    it.each<[Deed, Options, SettlePlan]>([
      ['did not look at it', {}, 'nothing'],
      ['only looked at it', {}, 'nothing'],
      ['put something into it', {}, 'create'],
      ['took all out of it', {}, 'nothing'],
      ['changed its cookie alone', {}, 'nothing'],
      ['set it to null', {}, 'end'],
      ['set it to null', KEEP, 'nothing'],

      ['did not look at it', SAVE, 'create'],
      ['only looked at it', SAVE, 'create'],
      ['put something into it', SAVE, 'create'],
      ['took all out of it', SAVE, 'create'],
      ['changed its cookie alone', SAVE, 'create'],
      ['set it to null', SAVE, 'end'],
      ['set it to null', SAVE_KEEP, 'nothing'],
    ])('when the application %s, with %j: %s', (deed, options, plan) => {
      expect(planFor('new', deed, options)).toBe(plan);
    });
  });

  describe('that is stored', () => {
    it.each<[Deed, Options, Touch, SettlePlan]>([
      ['did not look at it', {}, 'not due', 'nothing'],
      ['did not look at it', {}, 'due', 'touch'],
      ['only looked at it', {}, 'not due', 'nothing'],
      ['only looked at it', {}, 'due', 'touch'],
      ['put something into it', {}, 'not asked', COMMIT],
      ['took all out of it', {}, 'not asked', COMMIT],
      ['changed its cookie alone', {}, 'not asked', COMMIT],
      ['set it to null', {}, 'not asked', 'end'],
      ['set it to null', KEEP, 'not asked', 'nothing'],

      ['did not look at it', SAVE, 'not due', 'nothing'],
      ['only looked at it', SAVE, 'not due', 'nothing'],
      ['put something into it', SAVE, 'not asked', COMMIT],
      ['set it to null', SAVE, 'not asked', 'end'],
      ['set it to null', SAVE_KEEP, 'not asked', 'nothing'],
    ])('when the application %s, with %j and a touch %s: %j', (deed, options, touch, plan) => {
      expect(planFor('stored', deed, options, touch)).toEqual(plan);
    });
  });

  describe('that was ended, by its request or by someone else', () => {
    it.each<[Deed, Options, SettlePlan]>([
      ['did not look at it', {}, 'nothing'],
      ['only looked at it', {}, 'nothing'],
      ['put something into it', {}, 'nothing'],
      ['took all out of it', {}, 'nothing'],
      ['changed its cookie alone', {}, 'nothing'],
      ['set it to null', {}, 'nothing'],
      ['set it to null', KEEP, 'nothing'],

      ['did not look at it', SAVE, 'nothing'],
      ['put something into it', SAVE, 'nothing'],
      ['set it to null', SAVE, 'nothing'],
    ])('when the application %s, with %j: %s', (deed, options, plan) => {
      expect(planFor('ended', deed, options)).toBe(plan);
    });
  });

  describe('that has a new id by now', () => {
    it.each<[Deed, Options, SettlePlan]>([
      ['did not look at it', {}, 'nothing'],
      ['only looked at it', {}, 'nothing'],
      ['put something into it', {}, 'refuse'],
      ['took all out of it', {}, 'refuse'],
      ['changed its cookie alone', {}, 'refuse'],
      ['set it to null', {}, 'refuse'],
      ['set it to null', KEEP, 'nothing'],

      ['did not look at it', SAVE, 'nothing'],
      ['only looked at it', SAVE, 'nothing'],
      ['put something into it', SAVE, 'refuse'],
    ])('when the application %s, with %j: %s', (deed, options, plan) => {
      expect(planFor('rotated', deed, options)).toBe(plan);
    });
  });

  describe('that the store could not be asked about', () => {
    it.each<[Deed, Options, SettlePlan]>([
      ['did not look at it', {}, 'nothing'],
      ['only looked at it', {}, 'nothing'],
      ['put something into it', {}, 'refuse'],
      ['took all out of it', {}, 'nothing'],
      ['changed its cookie alone', {}, 'refuse'],
      ['set it to null', {}, 'refuse'],
      ['set it to null', KEEP, 'nothing'],

      ['did not look at it', SAVE, 'nothing'],
      ['only looked at it', SAVE, 'nothing'],
      ['put something into it', SAVE, 'refuse'],
      ['set it to null', SAVE_KEEP, 'nothing'],
    ])('when the application %s, with %j: %s', (deed, options, plan) => {
      expect(planFor('unavailable', deed, options)).toBe(plan);
    });
  });
});
