import type { SqlDialect } from '../sql-database.js';

/** The text with the placeholders of its dialect, for clients that leave them to the application. */
export function native(text: string, dialect: SqlDialect): string {
  return dialect === 'postgres' ? text : questionMarks(text);
}

/** For clients that want `?`: each placeholder stands in the text once, in the order of the values. */
export function questionMarks(text: string): string {
  return text.replaceAll(/\$\d+/g, '?');
}

/** For clients that have one call for statements with rows, and another for those without. */
export function returnsRows(text: string): boolean {
  return /^\s*(?:select|with)\b|\breturning\b/i.test(text);
}
