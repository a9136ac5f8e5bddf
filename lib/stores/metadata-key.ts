/** The one top-level key of a record that is Sesame's own; the rest is express-session's. */
export const METADATA_KEY = '_sesame';

/** What a record of Sesame's begins with. */
export const RECORD_START = `{"${METADATA_KEY}":{`;

/** How many random characters a revision has. */
export const REVISION_LENGTH = 12;
