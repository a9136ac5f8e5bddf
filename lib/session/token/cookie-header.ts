/** A longer value cannot be a session cookie (RFC 6265bis: name and value within 4096 bytes). */
const MAX_VALUE_LENGTH = 4096;

/**
 * How many cookies of one name are looked at. A browser has one, and a few more if other hosts of its
 * domain set theirs (cookie tossing); verifying one costs far more than sending it.
 */
const MAX_CANDIDATES = 8;

const SPACE = 0x20;
const TAB = 0x09;

/** True if there is a cookie of this name, valid or not. */
export function hasCookie(header: string | undefined, name: string): boolean {
  return header !== undefined && valueStart(header, name, 0) !== -1;
}

/**
 * Yields the raw values of the first few cookies of this name. Those that are too short or too long for a
 * session cookie are skipped.
 * @param minLength the least length of a session cookie's value
 */
export function* candidates(
  header: string | undefined,
  name: string,
  minLength: number,
): Iterable<string> {
  if (header === undefined) return;
  let left = MAX_CANDIDATES;
  let start = valueStart(header, name, 0);
  while (start !== -1 && left > 0) {
    const next = header.indexOf(';', start);
    const value = header.slice(
      afterBlanks(header, start),
      beforeBlanks(header, next === -1 ? header.length : next),
    );
    if (value.length >= minLength && value.length <= MAX_VALUE_LENGTH) {
      left -= 1;
      yield value;
    }
    start = next === -1 ? -1 : valueStart(header, name, next);
  }
}

/**
 * Returns where the value of the next cookie of this name begins, after the equals sign; -1 if there is none.
 */
function valueStart(header: string, name: string, from: number): number {
  let at = header.indexOf(name, from);
  while (at !== -1) {
    const end = at + name.length;
    const before = beforeBlanks(header, at);
    const after = afterBlanks(header, end);
    const isWholeName = before === 0 || header[before - 1] === ';';
    if (isWholeName && header[after] === '=') return after + 1;
    at = header.indexOf(name, end);
  }
  return -1;
}

/*
 * Only spaces and tabs are trimmed (RFC 6265bis, 5.6). For a browser, a name that begins with another
 * blank, such as U+00A0, has no prefix: anyone may set it, so it must not be taken for `__Host-sid`.
 */

function beforeBlanks(text: string, end: number): number {
  let at = end;
  while (at > 0 && isBlank(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function afterBlanks(text: string, start: number): number {
  let at = start;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
