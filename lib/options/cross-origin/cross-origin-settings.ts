import { throwingErrors } from '../../reporting/throwing-errors.js';
import { withDefaults } from '../optional-except.js';
import { CompleteCrossOriginOptions } from './cross-origin.options.js';
import type { CrossOriginOptions } from './cross-origin.options.js';
import { parseTrustedOrigin } from './trusted-origin.js';
import type { TrustedOrigin } from './trusted-origin.js';

/** How requests from other origins are handled. */
export interface CrossOriginSettings {
  /** False if they are only logged. */
  readonly refuses: boolean;
  readonly trusted: readonly TrustedOrigin[] | ((origin: string) => boolean);
  readonly excluded: readonly string[] | ((path: string) => boolean);
}

/**
 * Returns how requests from other origins are handled.
 * @returns `undefined` if they are not looked for
 */
export function crossOriginSettings(
  option: CrossOriginOptions | 'report' | false,
): CrossOriginSettings | undefined {
  if (option === false) return undefined;
  const chosen = option === 'report' ? {} : option;
  const { trustedOrigins, exclude } = withDefaults(new CompleteCrossOriginOptions(), chosen);
  return {
    refuses: option !== 'report',
    trusted:
      typeof trustedOrigins === 'function'
        ? throwingErrors(trustedOrigins)
        : trustedOrigins.map(parseTrustedOrigin).filter((origin) => origin !== undefined),
    excluded: typeof exclude === 'function' ? throwingErrors(exclude) : [...exclude],
  };
}
