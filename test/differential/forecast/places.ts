type Holder = Record<string, unknown>;

/** What is at a place such as `#2.body.data.count`; `undefined` when there is nothing. */
export function at(observation: Holder, place: string): unknown {
  let found: unknown = observation;
  for (const name of namesIn(place)) found = isHolder(found) ? found[name] : undefined;
  return found;
}

/** Puts something at a place; `undefined` removes what is there. */
export function put(observation: Holder, place: string, value: unknown): void {
  const names = namesIn(place);
  const last = names.pop() ?? '';
  let holder: unknown = observation;
  for (const name of names) holder = isHolder(holder) ? holder[name] : undefined;
  if (!isHolder(holder)) throw new Error(`There is no place ${place}.`);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
}

/** The dot in the name of the cookie is not a separator. */
function namesIn(place: string): string[] {
  return place.split(/(?<!connect)\./);
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null;
}
