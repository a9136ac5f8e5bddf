import type { SessionLimit, UserIndex } from '../../../stores/session-store.js';
import { same } from '../checks.js';
import { RandomChoices } from '../random-choices.js';
import { HOUR } from '../store-subject.js';
import type { StoreSubject } from '../store-subject.js';
import { IndexModel } from './index-model.js';

const MOST_CALLS = 40;
const KEYS = 6;

/** What is asked of an index: of a real one, or of the model. */
interface Asked {
  readonly call: 'add' | 'update' | 'remove';
  readonly user: string;
  readonly key: string;
  readonly expiresAt: number;
  readonly formerKey: string | undefined;
  readonly limit: SessionLimit | undefined;
}

/** Asserts that an index does as a simple model does, through a sequence of calls that the seed decides. */
export async function tryIndexCalls(subject: StoreSubject, seed: number): Promise<void> {
  const choices = new RandomChoices(seed);
  const model = new IndexModel();
  const ada = `ada of sequence ${seed}`;
  const grace = `grace of sequence ${seed}`;
  const start = subject.now() + HOUR;
  const count = choices.below(MOST_CALLS + 1);
  for (let step = 1; step <= count; step += 1) {
    const user = choices.of(ada, grace);
    // A key belongs to one session and so to one user: each user has keys of their own.
    const keyAt = (place: number): string => `k${place} of ${user}`;
    const [place, formerPlace] = [choices.below(KEYS), choices.below(KEYS)];
    // A session never takes its own place.
    const hasFormer = formerPlace !== place && choices.below(4) === 0;
    const asked: Asked = {
      call: choices.of<Asked['call']>('add', 'add', 'add', 'update', 'remove'),
      user,
      key: keyAt(place),
      // Distinct, so that there is one order only.
      expiresAt: start + (1 + choices.below(100)) * 1_000 + step,
      formerKey: hasFormer ? keyAt(formerPlace) : undefined,
      limit: limitOf(choices),
    };
    same(await make(subject.users, asked), await make(model, asked));
    for (const one of [ada, grace]) same(await subject.users.list(one), model.list(one));
  }
}

/** Returns a limit in three calls of four. */
function limitOf(choices: RandomChoices): SessionLimit | undefined {
  if (choices.below(4) === 0) return undefined;
  return { max: 1 + choices.below(4), onExceed: choices.of('evict-oldest', 'reject') };
}

async function make(
  index: UserIndex | IndexModel,
  { call, user, key, expiresAt, formerKey, limit }: Asked,
): Promise<unknown> {
  if (call === 'remove') return index.remove(user, key);
  if (call === 'update') return index.update(user, { key, expiresAt }, formerKey);
  return index.add(user, { key, expiresAt }, limit);
}
