import type { SessionSettings } from '../../options/session-settings.js';
import type { SessionState } from './session-state.js';
import type { SessionSnapshot } from '../data/snapshot.js';

/** What is to be stored of a session before its response leaves; `refuse`: what was done to it is lost. */
export type SettlePlan =
  'nothing' | 'create' | 'touch' | 'end' | 'refuse' | { readonly commit: SessionSnapshot };

/** What a plan is made of: the state of a request's session, and what the application did to it. */
export interface SettleFacts {
  readonly state: Pick<SessionState, 'is'>;
  readonly view: {
    readonly isShown: boolean;
    readonly isUnset: boolean;
    holdsAnything(): boolean;
    hasChangedCookie(): boolean;
  };
  /** What it holds, where that is not what is stored. */
  changed(): SessionSnapshot | undefined;
}

type Settings = Pick<SessionSettings, 'saveUninitialized' | 'unset'>;

/** @param isTouchDue asked only about a stored session that did not change */
export function settlePlan<T extends SettleFacts>(
  session: T,
  settings: Settings,
  isTouchDue: (session: T) => boolean,
): SettlePlan {
  const { state, view } = session;
  switch (state.is) {
    case 'ended':
      return 'nothing';
    case 'unavailable':
      return isLost(session, settings) ? 'refuse' : 'nothing';
    case 'new':
      if (view.isUnset) return whenUnset(settings);
      return isWorthCreating(session, settings) ? 'create' : 'nothing';
    case 'stored': {
      if (view.isUnset) return whenUnset(settings);
      const commit = view.isShown ? session.changed() : undefined;
      if (commit !== undefined) return { commit };
      return isTouchDue(session) ? 'touch' : 'nothing';
    }
  }
}

/** A new session is stored when it holds something, unless `saveUninitialized` asks for more. */
export function isWorthCreating(
  { view }: Pick<SettleFacts, 'view'>,
  { saveUninitialized }: Pick<Settings, 'saveUninitialized'>,
): boolean {
  return saveUninitialized || view.holdsAnything();
}

function whenUnset({ unset }: Settings): 'end' | 'nothing' {
  return unset === 'destroy' ? 'end' : 'nothing';
}

/** What was done to a session that could not be read must not be answered as if it were stored. */
function isLost({ view }: SettleFacts, { unset }: Settings): boolean {
  if (view.isUnset) return unset === 'destroy';
  return view.holdsAnything() || view.hasChangedCookie();
}
