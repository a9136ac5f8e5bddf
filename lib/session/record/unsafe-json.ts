import { MAX_DEPTH } from '../data/json-search.js';
import { CorruptRecordError } from '../errors.js';

/** @throws CorruptRecordError if the value has a `__proto__` key at any depth, or is nested too deeply */
export function refuseUnsafeKeys(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) throw new CorruptRecordError('it carries a __proto__ key');
  if (depth > MAX_DEPTH) throw new CorruptRecordError('it is nested too deeply');
  for (const child of Object.values(value)) refuseUnsafeKeys(child, depth + 1);
}

/** A cheap sign that a JSON text may be nested too deeply: every level has two brackets. */
export function mayBeTooDeep(json: string): boolean {
  return json.length > 2 * MAX_DEPTH && countOf('[', json) + countOf('{', json) > MAX_DEPTH;
}

function countOf(character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
    count += 1;
  }
  return count;
}
