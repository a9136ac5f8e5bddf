import { peek } from '../../../reporting/thrown.js';
import type { SqlRow } from '../sql-database.js';

/** Whether a value has these methods. Clients are recognised by them, so that none has to be installed. */
export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return names.every((name) => typeof peek(value, name) === 'function');
}

/** Returns the rows as a client gives them; none for anything else. */
export function rowsOf(value: unknown): readonly SqlRow[] {
  return Array.isArray(value) ? value : [];
}
