import { parseRecord } from './record-format.js';
import type { SessionRecord } from './session-record.js';
import type { SessionSettings } from './session-settings.js';
import { timeoutReason } from './session-timeouts.js';
import { reasonOnTombstone } from './tombstone.js';

/**
 * The record of a session that is not this request's own: `undefined` when there is no live session
 * in the payload. What is wrong with it is reported when its own browser comes.
 */
export function recordIn(
  payload: string | undefined,
  key: string,
  settings: SessionSettings,
): SessionRecord | undefined {
  const now = settings.clock();
  const record = writtenRecordIn(payload, key, settings, now);
  const isLive = record !== undefined && timeoutReason(record, settings, now) === undefined;
  return isLive ? record : undefined;
}

/** The same, though it may be over by now. */
export function writtenRecordIn(
  payload: string | undefined,
  key: string,
  settings: SessionSettings,
  now: number,
): SessionRecord | undefined {
  const text = textIn(payload, key, settings);
  if (text === undefined || reasonOnTombstone(text) !== undefined) return undefined;
  try {
    return parseRecord(text, now);
  } catch {
    return undefined;
  }
}

/** True for a payload that is a tombstone. */
export function isTombstone(
  payload: string | undefined,
  key: string,
  settings: SessionSettings,
): boolean {
  const text = textIn(payload, key, settings);
  return text !== undefined && reasonOnTombstone(text) !== undefined;
}

function textIn(
  payload: string | undefined,
  key: string,
  { codec }: SessionSettings,
): string | undefined {
  if (payload === undefined || codec === undefined) return payload;
  try {
    return codec.open(payload, key);
  } catch {
    return undefined;
  }
}
