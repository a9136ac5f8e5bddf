/** How much of a name is shown, in characters: enough to recognise it. */
const MAX_LENGTH = 100;

/** What breaks a line, hides text or reorders it: control and format characters, separators, halves of pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text that an application, a client or a driver chose, as an error message or a log may show it: of
 * bounded length and in one line, so that nobody can forge a line of a log, or flood one.
 */
export function printable(text: string, maxLength = MAX_LENGTH): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return shown.replace(
    UNPRINTABLE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
