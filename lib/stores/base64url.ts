/**
 * The bytes that a base64url text spells; `undefined` unless it is their one spelling (RFC 4648, 3.5).
 * Node decodes leniently: the last character may have bits that mean nothing, and a text in which
 * they were changed would pass all the same.
 */
export function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
