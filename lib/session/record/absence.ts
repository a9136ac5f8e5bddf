/** Why a session that was found in the store is over all the same. */
export type TimeoutReason = 'expired' | 'absolute-timeout';

/** Why someone else ended a session. */
export type EndReason = 'revoked' | 'evicted';

/** Why a request came without a session. */
export type AbsenceReason = 'anonymous' | TimeoutReason | EndReason;

/** The same; what cannot be read here is told as `anonymous`, though it may be a session elsewhere. */
export type Absence = AbsenceReason | 'unreadable';
