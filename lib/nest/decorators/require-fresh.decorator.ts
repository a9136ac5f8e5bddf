import { SetMetadata } from '@nestjs/common';
import { toMilliseconds } from '../../options/duration.js';
import type { Duration } from '../../options/duration.js';

/** The metadata key under which `AuthenticatedGuard` finds how recent a sign-in must be, in milliseconds. */
export const FRESHNESS = 'nestjs-sesame:freshness';

/**
 * With `AuthenticatedGuard`, demands a sign-in or a `SessionService.confirm()` within this time, or else
 * answers 401 with the reason `'stale'` (ASVS 5.0, 7.5.1). Only sign-ins by `SessionService.login()` count;
 * one by Passport alone is never fresh.
 * @throws RangeError if the duration does not parse
 */
export function RequireFresh(within: Duration): MethodDecorator & ClassDecorator {
  return SetMetadata(FRESHNESS, toMilliseconds(within));
}
