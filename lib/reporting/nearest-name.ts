/** How many edits away a misspelt name may be from the one that was meant. */
const MAX_DISTANCE = 3;

/** Returns the name that a misspelt one probably stands for; `undefined` if none is near. */
export function nearestName(misspelt: string, names: readonly string[]): string | undefined {
  for (let distance = 0; distance <= MAX_DISTANCE; distance += 1) {
    const nearest = names.find((name) => isWithin(distance, name, misspelt));
    if (nearest !== undefined) return nearest;
  }
  return undefined;
}

/** True if that many added, dropped or changed characters turn one name into the other (Levenshtein). */
function isWithin(distance: number, one: string, other: string): boolean {
  if (one === '' || other === '') return one.length + other.length <= distance;
  const [tail, otherTail] = [one.slice(1), other.slice(1)];
  if (one[0] === other[0]) return isWithin(distance, tail, otherTail);
  if (distance === 0) return false;
  return (
    isWithin(distance - 1, tail, other) ||
    isWithin(distance - 1, one, otherTail) ||
    isWithin(distance - 1, tail, otherTail)
  );
}
