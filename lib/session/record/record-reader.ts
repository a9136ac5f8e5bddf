import { parseRecord } from './record-json.js';
import { rotationMarkIn } from './rotation-mark.js';
import type { RotationMark } from './rotation-mark.js';
import type { SessionRecord } from './session-record.js';
import type { SessionSettings } from '../../options/session-settings.js';
import { timeoutReason } from './timeouts.js';
import { reasonOnTombstone } from './tombstone.js';

/** What stands under the key of a session that is not this request's own. */
export type Found =
  | { readonly is: 'live' | 'over'; readonly record: SessionRecord }
  | { readonly is: 'rotated'; readonly mark: RotationMark }
  /** Nothing, or a tombstone. */
  | { readonly is: 'gone' }
  /** No session to this instance. Another one may have the key that opens it. */
  | { readonly is: 'unreadable' };

const GONE: Found = { is: 'gone' };
const UNREADABLE: Found = { is: 'unreadable' };

/** Looks into a payload. What is wrong with one is reported when its own browser comes. */
export function found(payload: string | undefined, key: string, settings: SessionSettings): Found {
  if (payload === undefined) return GONE;
  try {
    const text = settings.codec?.open(payload, key) ?? payload;
    if (reasonOnTombstone(text) !== undefined) return GONE;
    const mark = rotationMarkIn(text);
    if (mark !== undefined) return { is: 'rotated', mark };
    const now = settings.clock();
    const record = parseRecord(text, now);
    const isLive = timeoutReason(record, settings, now) === undefined;
    return { is: isLive ? 'live' : 'over', record };
  } catch {
    return UNREADABLE;
  }
}

/** The record of a live session; `undefined` where there is none. */
export function liveRecord(
  payload: string | undefined,
  key: string,
  settings: SessionSettings,
): SessionRecord | undefined {
  const what = found(payload, key, settings);
  return what.is === 'live' ? what.record : undefined;
}

/** By what a session stays known when it gets a new id: the key that it had when its user signed in. */
export function lineageOf({ metadata }: SessionRecord, key: string): string {
  return metadata.lineage ?? key;
}

/** True when no session can come of it any more, on any instance. */
export function isDead(what: Found): boolean {
  return what.is === 'gone' || what.is === 'over';
}
