import type { SqlDialect } from '../sql-database.js';

/** Returns the text with the dialect's placeholders, for clients that leave them to the application. */
export function native(text: string, dialect: SqlDialect): string {
  return dialect === 'postgres' ? text : questionMarks(text);
}

/** Returns the text with `?`: each placeholder occurs in it once, in the order of the values. */
export function questionMarks(text: string): string {
  return text.replaceAll(/\$\d+/g, '?');
}

/** True if a statement returns rows: some clients have one call for those, and another for the rest. */
export function returnsRows(text: string): boolean {
  return /^\s*(?:select|with)\b|\breturning\b/i.test(text);
}
