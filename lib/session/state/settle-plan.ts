import type { SessionSettings } from '../../options/session-settings.js';
import type { SessionSnapshot } from '../data/snapshot.js';
import type { SessionState } from './session-state.js';

/** What to store of a session before its response leaves; `refuse` if a change cannot be stored. */
export type SettlePlan =
  'nothing' | 'create' | 'touch' | 'end' | 'refuse' | { readonly commit: SessionSnapshot };

/** What a plan depends on: the state of a request's session, and what the application did to it. */
export interface SettleFacts {
  readonly state: Pick<SessionState, 'is'>;
  readonly view: {
    readonly isShown: boolean;
    readonly isUnset: boolean;
    holdsAnything(): boolean;
    hasChangedCookie(): boolean;
  };
  /** What it holds, if that is not what is stored. */
  changed(): SessionSnapshot | undefined;
}

type Settings = Pick<SessionSettings, 'saveUninitialized' | 'unset'>;

/**
 * Decides what to store.
 * @param isTouchDue called only for a stored session that did not change
 */
export function settlePlan<T extends SettleFacts>(
  session: T,
  settings: Settings,
  isTouchDue: (session: T) => boolean,
): SettlePlan {
  const { state, view } = session;
  switch (state.is) {
    case 'ended':
      return 'nothing';
    case 'rotated':
      return hasChange(session, settings) ? 'refuse' : 'nothing';
    case 'unavailable':
      return hasUnstorableChange(session, settings) ? 'refuse' : 'nothing';
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

/** A new session is stored if it holds something; with `saveUninitialized`, always. */
export function isWorthCreating(
  { view }: Pick<SettleFacts, 'view'>,
  { saveUninitialized }: Pick<Settings, 'saveUninitialized'>,
): boolean {
  return saveUninitialized || view.holdsAnything();
}

function whenUnset({ unset }: Settings): 'end' | 'nothing' {
  return unset === 'destroy' ? 'end' : 'nothing';
}

/** True for a change of what is another session by now: it must not be answered as if it had been stored. */
function hasChange(session: SettleFacts, { unset }: Settings): boolean {
  const { view } = session;
  if (view.isUnset) return unset === 'destroy';
  return view.isShown && session.changed() !== undefined;
}

/**
 * True for a change of a session that could not be read: it must not be answered as if it had been stored.
 */
function hasUnstorableChange({ view }: SettleFacts, { unset }: Settings): boolean {
  if (view.isUnset) return unset === 'destroy';
  return view.holdsAnything() || view.hasChangedCookie();
}
