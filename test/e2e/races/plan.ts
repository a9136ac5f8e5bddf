import * as fc from 'fast-check';

export const KEYS = ['a', 'b', 'c'] as const;
export const USERS = ['ada', 'grace'] as const;

export type Keep = 'all' | 'none' | string[];

/** One thing that a request does to its session. */
export type Operation =
  | { readonly type: 'set' | 'delete'; readonly key: string }
  | { readonly type: 'login'; readonly user: string; readonly keep?: Keep }
  | { readonly type: 'regenerate'; readonly keep: Keep }
  | { readonly type: 'increment' | 'touch' | 'save' | 'reload' | 'confirm' | 'replace' | 'logout' }
  | { readonly type: 'revoke'; readonly user: string };

export interface PlannedRequest {
  /** Which instance of the application it goes to. */
  readonly app: 0 | 1;
  /**
   * How many cookies before the newest one the client takes, of those it has been given: 0 is what
   * its browser sends, and the others are copies that someone kept.
   */
  readonly cookieAge: number;
  readonly operations: readonly Operation[];
}

/** A session, the requests that run on it side by side, and who goes on when. */
export interface Plan {
  readonly isSignedIn: boolean;
  readonly requests: readonly PlannedRequest[];
  /** At each step, which of those that can go on does: a number modulo how many there are. */
  readonly turns: readonly number[];
}

const keep: fc.Arbitrary<Keep> = fc.oneof(
  fc.constantFrom<Keep>('all', 'none'),
  fc.subarray<string>([...KEYS, 'count']),
);

const change: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('set'), key: fc.constantFrom(...KEYS) }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('delete'), key: fc.constantFrom(...KEYS) }),
  },
  { weight: 4, arbitrary: fc.constant<Operation>({ type: 'increment' }) },
  { weight: 1, arbitrary: fc.constantFrom<Operation[]>({ type: 'touch' }, { type: 'save' }) },
  { weight: 1, arbitrary: fc.constant<Operation>({ type: 'reload' }) },
);

const login: fc.Arbitrary<Operation> = fc.record(
  { type: fc.constant('login'), user: fc.constantFrom(...USERS), keep },
  { requiredKeys: ['type', 'user'] },
);

const rotation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: login },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('regenerate'), keep }) },
  { weight: 2, arbitrary: fc.constant<Operation>({ type: 'confirm' }) },
  { weight: 1, arbitrary: fc.constant<Operation>({ type: 'replace' }) },
);

/** Most requests do one thing; some change, rotate and change again; after a logout comes a login. */
const operations: fc.Arbitrary<Operation[]> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(change) },
  { weight: 3, arbitrary: fc.tuple(rotation) },
  { weight: 2, arbitrary: fc.tuple(fc.constant<Operation>({ type: 'logout' })) },
  { weight: 2, arbitrary: fc.array(change, { minLength: 2, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.tuple(change, rotation) },
  { weight: 2, arbitrary: fc.tuple(rotation, change) },
  { weight: 1, arbitrary: fc.tuple(change, rotation, change) },
  { weight: 1, arbitrary: fc.tuple(rotation, rotation) },
  { weight: 1, arbitrary: fc.tuple(fc.constant<Operation>({ type: 'logout' }), login) },
);

const request: fc.Arbitrary<PlannedRequest> = fc.record({
  app: fc.constantFrom<(0 | 1)[]>(0, 1),
  cookieAge: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
  ),
  operations,
});

/** Some requests load their sessions side by side before the first goes on; then anyone may. */
const turns: fc.Arbitrary<number[]> = fc
  .tuple(fc.nat({ max: 5 }), fc.array(fc.nat({ max: 11 }), { maxLength: 40, size: 'max' }))
  .map(([together, then]) =>
    Array.from({ length: together }, (_, actor) => [actor, actor])
      .flat()
      .concat(then),
  );

const revoke: fc.Arbitrary<Operation> = fc.record({
  type: fc.constant('revoke'),
  user: fc.constant('ada'),
});

/** Many requests change a session whose user's sessions are ended meanwhile; nothing rotates. */
export const revocations: fc.Arbitrary<Plan> = fc.record({
  isSignedIn: fc.constant(true),
  requests: fc
    .tuple(
      fc.array(fc.array(change, { minLength: 1, maxLength: 2 }), {
        minLength: 2,
        maxLength: 6,
        size: 'max',
      }),
      fc.oneof(fc.tuple(revoke), fc.tuple(change, revoke)),
      fc.nat({ max: 6 }),
      fc.array(fc.constantFrom<(0 | 1)[]>(0, 1), { minLength: 7, maxLength: 7 }),
    )
    .map(([changes, revoking, at, apps]) =>
      changes.toSpliced(at, 0, revoking).map((operations, index) => ({
        app: apps[index] ?? 0,
        cookieAge: 0,
        operations,
      })),
    ),
  turns,
});

export const plans: fc.Arbitrary<Plan> = fc.record({
  isSignedIn: fc.boolean(),
  requests: fc.array(request, { minLength: 2, maxLength: 6, size: 'max' }),
  turns,
});
