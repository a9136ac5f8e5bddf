import * as fc from 'fast-check';

/**
 * Who sends a request. `home` is the browser whose session the race is about; `copy` has nothing but a
 * copy of the cookie that home had in the beginning; `device` is another browser of the user's.
 */
export type Client = 'home' | 'copy' | 'device';

/** A client that begins with a session of its own. */
export type Owner = Exclude<Client, 'copy'>;

/** One thing that a request does to its session. */
export type Operation =
  | { readonly type: 'read' | 'set' | 'update' | 'confirm' | 'regenerate' | 'logout' }
  | { readonly type: 'login'; readonly user: string }
  /** Ends one session of ada's, by the handle that it had in the beginning. */
  | { readonly type: 'revoke'; readonly of: Owner }
  | { readonly type: 'revokeAll'; readonly exceptCurrent: boolean };

export interface PlannedRequest {
  readonly client: Client;
  /** Which instance of the application it goes to. */
  readonly app: 0 | 1;
  readonly operations: readonly Operation[];
}

/** How many sessions a user may have: any number, or one. */
export type Cap = 'none' | 'evict-oldest' | 'reject';

/**
 * Two browsers, the requests that they send, and who goes on when. A request takes its cookie from its
 * browser in its first step, and arrives in its second, so that it may come late; its browser takes its
 * answer in its last step, so that answers may come in any order.
 */
export interface Plan {
  readonly cap: Cap;
  /** Which of the browsers are signed in as ada; the others have an anonymous session. */
  readonly signedIn: Readonly<Record<Owner, boolean>>;
  readonly requests: readonly PlannedRequest[];
  /** At each step, which of those that can go on does: a number modulo how many there are. */
  readonly turns: readonly number[];
}

const plain = (type: 'read' | 'set' | 'update' | 'confirm' | 'regenerate' | 'logout') =>
  fc.constant<Operation>({ type });
const login = (user: string) => fc.constant<Operation>({ type: 'login', user });

const change = fc.oneof({ weight: 2, arbitrary: plain('set') }, plain('update'));
const newId = fc.oneof(
  { weight: 5, arbitrary: login('ada') },
  { weight: 4, arbitrary: plain('confirm') },
  { weight: 1, arbitrary: plain('regenerate') },
  { weight: 1, arbitrary: login('grace') },
);
const end = fc.oneof(
  { weight: 3, arbitrary: plain('logout') },
  fc.constantFrom<Operation>(
    { type: 'revoke', of: 'home' },
    { type: 'revokeAll', exceptCurrent: false },
    { type: 'revokeAll', exceptCurrent: true },
  ),
);

/** Most requests do one thing; some change something on either side of a new id. */
const crossing: fc.Arbitrary<Operation[]> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(change) },
  { weight: 4, arbitrary: fc.tuple(newId) },
  { weight: 1, arbitrary: fc.tuple(plain('read')) },
  { weight: 1, arbitrary: fc.tuple(change, newId) },
  { weight: 1, arbitrary: fc.tuple(newId, change) },
);
/** What somebody who has only the former cookie, and cannot sign in as ada, may try. */
const prying: fc.Arbitrary<Operation[]> = fc.oneof(
  fc.tuple(fc.oneof(plain('read'), change)),
  fc.tuple(fc.oneof(plain('confirm'), plain('regenerate'), login('mallory'))),
  fc.tuple(login('mallory'), change),
);
const ending: fc.Arbitrary<Operation[]> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(end) },
  { weight: 1, arbitrary: fc.tuple(change, end) },
);

const renewing: fc.Arbitrary<Operation[]> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.oneof(plain('confirm'), plain('regenerate'))) },
  { weight: 1, arbitrary: fc.tuple(change) },
);
const clicking: fc.Arbitrary<Operation[]> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(login('ada')) },
  { weight: 1, arbitrary: fc.tuple(change) },
  { weight: 1, arbitrary: fc.tuple(change, login('ada')) },
  { weight: 1, arbitrary: fc.tuple(login('ada'), change) },
);

const from = (
  client: Client,
  operations: fc.Arbitrary<Operation[]>,
): fc.Arbitrary<PlannedRequest> =>
  fc.record({
    client: fc.constant(client),
    app: fc.constantFrom<(0 | 1)[]>(0, 1),
    operations,
  });

/** Some requests take their cookies side by side before the first arrives; then anyone may go on. */
const turns: fc.Arbitrary<number[]> = fc
  .tuple(fc.nat({ max: 5 }), fc.array(fc.nat({ max: 11 }), { maxLength: 60, size: 'max' }))
  .map(([together, then]) => Array.from({ length: together }, (_, actor) => actor).concat(then));

const some = (request: fc.Arbitrary<PlannedRequest>): fc.Arbitrary<PlannedRequest[]> =>
  fc.array(request, { minLength: 2, maxLength: 5, size: 'max' });

const BOTH_OUT = { home: false, device: false };

/** Nobody ends a session: none may be lost, nor what was changed in it. */
export const crossings: fc.Arbitrary<Plan> = fc.record({
  cap: fc.constant('none'),
  signedIn: fc.record({ home: fc.boolean(), device: fc.constant(false) }),
  requests: some(from('home', crossing)),
  turns,
});

/** Somebody else has the cookie from before the sign-in. */
export const fixations: fc.Arbitrary<Plan> = fc.record({
  cap: fc.constant('none'),
  signedIn: fc.constant(BOTH_OUT),
  requests: some(
    fc.oneof(
      { weight: 3, arbitrary: from('home', crossing) },
      { weight: 2, arbitrary: from('copy', prying) },
    ),
  ),
  turns,
});

/** Sessions are ended while they get new ids. */
export const ends: fc.Arbitrary<Plan> = fc.record({
  cap: fc.constant('none'),
  signedIn: fc.record({ home: fc.boolean(), device: fc.boolean() }),
  requests: some(
    fc.oneof(
      { weight: 3, arbitrary: from('home', crossing) },
      { weight: 2, arbitrary: from('home', ending) },
      { weight: 1, arbitrary: from('device', fc.oneof(crossing, ending)) },
    ),
  ),
  turns,
});

/** One session is ended, by whomever, or all but one, while it gets new ids and stays its user's. */
export const revocations: fc.Arbitrary<Plan> = fc.record({
  cap: fc.constant('none'),
  signedIn: fc.constant({ home: true, device: true }),
  requests: fc
    .tuple(
      fc.array(from('home', renewing), { minLength: 1, maxLength: 3, size: 'max' }),
      fc.oneof(from('home', fc.tuple(end)), from('device', fc.tuple(end))),
      fc.nat({ max: 3 }),
    )
    .map(([renewals, one, at]) => renewals.toSpliced(at, 0, one)),
  turns,
});

/** ada may have one session. */
export const caps: fc.Arbitrary<Plan> = fc.record({
  cap: fc.constantFrom<Cap[]>('evict-oldest', 'reject'),
  signedIn: fc.constantFrom(BOTH_OUT, { home: true, device: false }, { home: false, device: true }),
  requests: some(
    fc.oneof(
      { weight: 4, arbitrary: from('home', crossing) },
      { weight: 2, arbitrary: from('device', crossing) },
      { weight: 1, arbitrary: from('home', ending) },
    ),
  ),
  turns,
});

/** A browser clicks twice, or more often. All that it sends has the cookie from before the first click. */
export const clicks: fc.Arbitrary<Plan> = fc.record({
  cap: fc.constantFrom<Cap[]>('none', 'evict-oldest', 'reject'),
  signedIn: fc.record({ home: fc.boolean(), device: fc.constant(false) }),
  requests: some(from('home', clicking)),
  turns: turns.map((then) => [0, 1, 2, 3, 4].concat(then)),
});
