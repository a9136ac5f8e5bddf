/** Why a session whose record is still stored is over. */
export type TimeoutReason = 'expired' | 'absolute-timeout';

/** Why someone else ended a session. */
export type EndReason = 'revoked' | 'evicted';

/** Why a request came without a session; `rotated`: a sign-in has turned it into another one. */
export type AbsenceReason = 'anonymous' | TimeoutReason | EndReason | 'rotated';

/** The same, and `unreadable`: reported as `anonymous`, though another instance may be able to read it. */
export type Absence = AbsenceReason | 'unreadable';
