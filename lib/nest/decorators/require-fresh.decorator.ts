import { SetMetadata } from '@nestjs/common';
import { toMilliseconds } from '../../options/duration.js';
import type { Duration } from '../../options/duration.js';

/** Where `AuthenticatedGuard` finds how recent a sign-in must be, in milliseconds. */
export const FRESHNESS = 'nestjs-sesame:freshness';

/**
 * With `AuthenticatedGuard`: asks for a sign-in, or a `SessionService.confirm()`, within so long;
 * else 401 with the reason `'stale'` (ASVS 5.0, 7.5.1). It knows users who signed in by
 * `SessionService.login()`; one who signed in by Passport alone is never fresh.
 * @throws RangeError when the duration does not parse
 */
export function RequireFresh(within: Duration): MethodDecorator & ClassDecorator {
  return SetMetadata(FRESHNESS, toMilliseconds(within));
}
