import { seeingWholeUrl } from '../../lib/edges/http/whole-url.js';
import { checkOptions } from '../../lib/options/check-options.js';
import { resolveEdgeSettings, resolveSettings } from '../../lib/options/resolve-options.js';
import type { EdgeSettings, SessionSettings } from '../../lib/options/session-settings.js';
import { CompleteSessionOptions } from '../../lib/options/session.options.js';
import type { SessionOptions } from '../../lib/options/session.options.js';
import { generateSessionId } from '../../lib/session/ids.js';

export const SECRET = 'a secret of more than thirty-two characters';

/** The lifecycle settings that these options result in. */
export function settingsOf(options: Partial<SessionOptions> = {}): SessionSettings {
  const given = { secret: SECRET, ...options };
  return resolveSettings(checkOptions(new CompleteSessionOptions(), given), given);
}

/** The settings of the edges that these options result in. */
export function edgeSettingsOf(options: Partial<SessionOptions> = {}): EdgeSettings {
  const complete = checkOptions(new CompleteSessionOptions(), { secret: SECRET, ...options });
  return resolveEdgeSettings(complete, generateSessionId, seeingWholeUrl);
}
