/**
 * What a client is told about a mistake in the application: no more than about any error that Nest does not
 * know (ASVS 5.0, 16.5.1). The exception's cause is for the log.
 */
export const INTERNAL_ERROR = { statusCode: 500, message: 'Internal server error' };
