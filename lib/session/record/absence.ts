/** Why a session whose record is still stored is over. */
export type TimeoutReason = 'expired' | 'absolute-timeout';

/** Why someone else ended a session. */
export type EndReason = 'revoked' | 'evicted';

/** Why a request came without a session. */
export type AbsenceReason = 'anonymous' | TimeoutReason | EndReason;

/** The same, and `unreadable`: reported as `anonymous`, though another instance may be able to read it. */
export type Absence = AbsenceReason | 'unreadable';
