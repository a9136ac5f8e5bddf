import { throwingErrors } from '../../reporting/throwing-errors.js';
import { withDefaults } from '../optional-except.js';
import { isRefusedPromise } from '../promise-mistake.js';
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
        ? answering('crossOrigin.trustedOrigins', trustedOrigins)
        : trustedOrigins.map(parseTrustedOrigin).filter((origin) => origin !== undefined),
    excluded:
      typeof exclude === 'function' ? answering('crossOrigin.exclude', exclude) : [...exclude],
  };
}

/** A promise would be no answer, and its requests be refused without a reason. */
function answering(option: string, ask: (text: string) => boolean): (text: string) => boolean {
  return throwingErrors((text) => {
    const answer = ask(text);
    if (!isRefusedPromise(answer)) return answer;
    throw new TypeError(
      `The function ${option} returned a promise. It must return true or false: look up beforehand what it needs.`,
    );
  });
}
