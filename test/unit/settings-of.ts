import { checkOptions } from '../../lib/options/check-options.js';
import { resolveSettings } from '../../lib/options/resolve-options.js';
import { CompleteSessionOptions } from '../../lib/options/session.options.js';
import type { SessionOptions } from '../../lib/options/session.options.js';
import type { SessionSettings } from '../../lib/options/session-settings.js';

export const SECRET = 'a secret of more than thirty-two characters';

/** The settings that these options stand for. */
export function settingsOf(options: Partial<SessionOptions> = {}): SessionSettings {
  const given = { secret: SECRET, ...options };
  return resolveSettings(checkOptions(new CompleteSessionOptions(), given), given);
}
