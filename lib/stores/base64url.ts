/**
 * Decodes base64url; `undefined` unless the text is the canonical encoding of its bytes (RFC 4648, 3.5).
 * Node decodes leniently: it ignores the unused bits of the last character, so that a text in which
 * they were changed would be accepted.
 */
export function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
