/** The one top-level key of a record that is Sesame's own; the rest is express-session's. */
export const METADATA_KEY = '_sesame';
