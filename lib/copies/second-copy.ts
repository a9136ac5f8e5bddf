/** The property of `globalThis` in which all copies in this process are listed. */
const COPIES = Symbol.for('nestjs-sesame:copies');

/** Lists this copy of the library, and warns, once in a process, if it is the second one. */
export function noteCopy(): void {
  const known: unknown = Reflect.get(globalThis, COPIES);
  const copies: unknown[] = Array.isArray(known) ? known : [];
  const place = ownPlace();
  // A test runner may load the same copy again and drop the one before.
  if (copies.includes(place)) return;
  copies.push(place);
  Reflect.set(globalThis, COPIES, copies);
  if (copies.length !== 2) return;
  process.emitWarning(
    `nestjs-sesame is loaded twice in this process: ${copies.join(' and ')}. Only the copy whose SessionModule the application imports can have its SessionService injected. Make sure that one version is installed (npm ls nestjs-sesame), and that all code loads it in the same way, by import or by require().`,
    { type: 'SesameWarning', code: 'SESAME_SECOND_COPY' },
  );
}

/** Returns the path of this file: a stack trace has it in both module formats. */
function ownPlace(): string {
  const [, frame = ''] = (new Error().stack ?? '').split('\n');
  return frame
    .trim()
    .replace(/^at (?:.* \()?/, '')
    .replace(/\)$/, '');
}
