import { SetMetadata } from '@nestjs/common';
import { toMilliseconds } from '../../options/duration.js';
import type { Duration } from '../../options/duration.js';

/** Where `AuthenticatedGuard` finds how recent a sign-in must be, in milliseconds. */
export const FRESHNESS = 'nestjs-sesame:freshness';

/**
 * With `AuthenticatedGuard`: demands a sign-in or a `SessionService.confirm()` within this time; else
 * 401 with the reason `'stale'` (ASVS 5.0, 7.5.1). It counts sign-ins by `SessionService.login()`; one
 * by Passport alone is never fresh.
 * @throws RangeError if the duration does not parse
 */
export function RequireFresh(within: Duration): MethodDecorator & ClassDecorator {
  return SetMetadata(FRESHNESS, toMilliseconds(within));
}
