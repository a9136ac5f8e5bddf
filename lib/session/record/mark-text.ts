import { METADATA_KEY } from '../../stores/metadata-key.js';

/** What stands in the place of a record: metadata of a kind that no session has, and no data. */
export type Mark = Readonly<Record<string, unknown>>;

const METADATA = `{"${METADATA_KEY}":{`;

/** A mark as text; the cookie lets plain express-session read it, as a session that holds nothing. */
export function markText(mark: Mark): string {
  return JSON.stringify({ [METADATA_KEY]: mark, cookie: { originalMaxAge: null } });
}

/**
 * The mark in a text whose metadata have this name; `undefined` for any other text. Nothing is parsed
 * of a session's record, where its names stand in Sesame's own order.
 * @param name the first one of the mark
 */
export function markIn(text: string, name: string): Mark | undefined {
  const member = `"${name}":`;
  const isOwnOrder = text.startsWith(METADATA);
  if (isOwnOrder ? !text.startsWith(member, METADATA.length) : !text.includes(member)) {
    return undefined;
  }
  const metadata = metadataIn(text);
  return metadata !== undefined && Object.hasOwn(metadata, name) ? metadata : undefined;
}

function metadataIn(text: string): Mark | undefined {
  try {
    const metadata: unknown = JSON.parse(text)?.[METADATA_KEY];
    return typeof metadata === 'object' && metadata !== null ? { ...metadata } : undefined;
  } catch {
    return undefined; // what is wrong with it is found when it is read as a record
  }
}
