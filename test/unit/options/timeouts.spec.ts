import { describe, expect, it } from '@jest/globals';
import { followCookie } from '../../../lib/options/timeouts.js';
import type { Timeouts } from '../../../lib/options/timeouts.js';

const NOBODY = { idle: false, absolute: false };
const IDLE = { idle: true, absolute: false };
const ABSOLUTE = { idle: false, absolute: true };
const BOTH = { idle: true, absolute: true };

const configured: Timeouts = { idle: 30, absolute: 720 };
const endless: Timeouts = { idle: 30, absolute: null };

describe('followCookie: the timeouts for a cookie', () => {
  it.each<[string, number | null | undefined, Timeouts, typeof NOBODY, Timeouts]>([
    // A cookie that lives as long as the browser, or has no lifetime, changes nothing.
    ['without a lifetime', undefined, configured, NOBODY, configured],
    ['that ends with the browser', null, configured, NOBODY, configured],
    ['with a lifetime of nothing', 0, configured, NOBODY, configured],
    ['with a lifetime below nothing', -5, configured, NOBODY, configured],

    // An idle timeout that nobody chose takes its lifetime.
    ['of a shorter lifetime', 5, configured, NOBODY, { idle: 5, absolute: 720 }],
    ['of a longer lifetime', 60, configured, NOBODY, { idle: 60, absolute: 720 }],
    ['of a longer lifetime', 60, configured, ABSOLUTE, { idle: 60, absolute: 720 }],
    ['of a longer lifetime', 60, configured, IDLE, configured],
    ['of a longer lifetime', 60, configured, BOTH, configured],

    // An absolute timeout that nobody chose makes room for it.
    ['of just the absolute timeout', 720, configured, NOBODY, { idle: 720, absolute: 720 }],
    ['beyond the absolute timeout', 721, configured, NOBODY, { idle: 721, absolute: null }],
    ['beyond the absolute timeout', 721, configured, ABSOLUTE, { idle: 721, absolute: 720 }],
    ['beyond the absolute timeout', 721, configured, IDLE, configured],
    ['beyond the absolute timeout', 721, configured, BOTH, configured],

    // There is nothing to make room for it.
    ['without an absolute timeout', 721, endless, NOBODY, { idle: 721, absolute: null }],
    ['without an absolute timeout', 721, endless, ABSOLUTE, { idle: 721, absolute: null }],
  ])('%s: %p, by %j where %j were chosen: %j', (_what, maxAge, timeouts, isChosen, expected) => {
    expect(followCookie(maxAge, timeouts, isChosen)).toEqual(expected);
  });
});
