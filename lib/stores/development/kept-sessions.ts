import type { MemorySnapshot } from '../memory/memory-session.store.js';

/** What the file of a process holds: its sessions, and the secret that its cookies may be signed with. */
export interface KeptSessions extends MemorySnapshot {
  readonly secret: string;
}

/** Identifies the file to whoever finds it, and to a later version with another format. */
const FORMAT = 'sessions of nestjs-sesame, 1';

export function textOf({ secret, records, entries }: KeptSessions): string {
  return JSON.stringify({ format: FORMAT, secret, records, entries });
}

/** Returns the sessions that a text holds; `undefined` if it is broken, or something else. */
export function sessionsIn(text: string): KeptSessions | undefined {
  const { format, secret, records, entries } = parsed(text);
  if (format !== FORMAT || typeof secret !== 'string' || secret === '') return undefined;
  return areRows(records) && areRows(entries) ? { secret, records, entries } : undefined;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return { ...Object(value) };
  } catch {
    return {};
  }
}

type Row = readonly [string, string, number];

function areRows(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && value.every(isRow);
}

function isRow(value: unknown): value is Row {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [one, other, time]: unknown[] = value;
  return typeof one === 'string' && typeof other === 'string' && typeof time === 'number';
}
