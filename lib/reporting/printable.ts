/** How much of a name is shown, in characters: enough to recognise it. */
const MAX_LENGTH = 100;

/** Characters that break a line, or hide or reorder text: controls, formats, separators, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Makes a text that an application, a client or a driver chose safe to show in an error or a log: it has
 * bounded length and one line, so that nobody can forge a line of a log, or flood it.
 */
export function printable(text: string, maxLength = MAX_LENGTH): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return shown.replace(
    UNPRINTABLE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
