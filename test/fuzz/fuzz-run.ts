import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { accuse } from './fuzz-case.js';
import type { FuzzCase } from './fuzz-case.js';
import { send } from './fuzz-client.js';
import type { FuzzAnswer } from './fuzz-client.js';
import { cookieHeader, heldOf, signed } from './fuzz-cookies.js';
import type { CookieHeader, Held } from './fuzz-cookies.js';
import { describe } from './fuzz-errors.js';
import { plantedRecord } from './fuzz-records.js';
import { startFuzzServer } from './fuzz-server.js';
import type { FuzzServer } from './fuzz-server.js';
import { PLATFORMS, SERVERS } from './fuzz-targets.js';
import { Random } from './random.js';

const BROWSERS = 40;

/** How many problems to gather before a run ends. */
const ENOUGH = Number(process.env['FUZZ_PROBLEMS'] ?? 10);

/** A server and the cookies of those who use it. */
interface House extends FuzzServer {
  readonly browsers: (Held | undefined)[];
}

/** Sends random requests, many at a time, and checks what must hold for each of them. */
export class FuzzRun {
  readonly statuses = new Map<number, number>();
  /** What went wrong, and the case in which it first did. */
  readonly problems: FuzzCase[] = [];
  private readonly cases = new Map<string, FuzzCase>();
  private readonly agent: Agent;
  private readonly houses: House[] = [];
  private next = 0;

  constructor(
    private readonly seed: number,
    private readonly parallel: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: parallel });
  }

  async start(): Promise<void> {
    const find = (request: IncomingMessage): FuzzCase => this.caseOf(request);
    for (const platform of PLATFORMS) {
      for (const [createStore, options] of SERVERS) {
        const server = await startFuzzServer(platform, createStore(), options, find);
        this.houses.push({ ...server, browsers: Array.from({ length: BROWSERS }) });
      }
    }
  }

  /** Sends this many requests, or fewer once there are enough problems to investigate. */
  async send(count: number): Promise<void> {
    const end = this.next + count;
    const work = async (): Promise<void> => {
      while (this.next < end && this.problems.length < ENOUGH) await this.sendOne(this.next++);
    };
    await Promise.all(Array.from({ length: this.parallel }, work));
  }

  /** Resolves when every handler has ended, and nothing is left open. */
  async stop(): Promise<void> {
    for (let turn = 0; turn < 1_000 && this.countRunning() > 0; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const stuck = this.houses.flatMap(({ running }) => [...running]);
    this.agent.destroy();
    for (const { server } of this.houses) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    // Node releases sockets a little after it says that they are closed.
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    for (const one of stuck) accuse(one, 'its handler never came to its end');
    this.problems.push(...stuck);
  }

  private countRunning(): number {
    return this.houses.reduce((sum, { running }) => sum + running.size, 0);
  }

  private caseOf({ headers }: IncomingMessage): FuzzCase {
    const found = this.cases.get(String(headers['x-case']));
    if (found === undefined) throw new Error('a request of no case');
    return found;
  }

  private async sendOne(index: number): Promise<void> {
    const random = new Random(this.seed, index);
    const house = random.pick(this.houses);
    const browser = random.below(BROWSERS);
    const isExact = random.chance(0.15);
    const cookie = isExact ? { text: undefined } : await this.cookieFor(random, house, browser);
    const fuzzCase: FuzzCase = {
      index,
      random,
      cookie,
      isExact,
      generated: new Set(),
      done: [],
      abort: () => undefined,
      isCut: false,
      atEnd: undefined,
      problem: undefined,
    };
    this.cases.set(String(index), fuzzCase);
    try {
      await this.exchange(house, browser, fuzzCase);
    } catch (error) {
      accuse(fuzzCase, describe(error));
    }
    this.cases.delete(String(index));
    if (fuzzCase.problem !== undefined) this.problems.push(fuzzCase);
  }

  private async cookieFor(random: Random, house: House, browser: number): Promise<CookieHeader> {
    if (random.chance(0.05)) {
      const id = `planted-${this.seed}-${random.text(16, 0x61, 0x7a)}`;
      const { payload, isSession } = plantedRecord(random);
      await house.plant(keyOf(id, house), payload);
      return { text: `connect.sid=${signed(id)}`, ...(isSession && { id }) };
    }
    if (random.chance(0.05)) return { text: `connect.sid=${signed(random.text(9, 0x61, 0x7a))}` };
    const others = house.browsers.filter((one) => one !== undefined);
    return cookieHeader(random, house.browsers[browser], others);
  }

  private async exchange(house: House, browser: number, fuzzCase: FuzzCase): Promise<void> {
    const { server } = house;
    const answer = await send(server, this.agent, fuzzCase, '/', fuzzCase.cookie.text);
    this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
    const [setCookie] = answer.setCookies;
    if (fuzzCase.isExact) await this.compare(house, fuzzCase, answer);
    if (setCookie !== undefined) house.browsers[browser] = heldOf(setCookie);
    if (fuzzCase.problem !== undefined) throw new Error(fuzzCase.problem);
  }

  /** The next request must find what an exact case had in its session when it ended. */
  private async compare({ server }: House, fuzzCase: FuzzCase, answer: FuzzAnswer): Promise<void> {
    const held = heldOf(answer.setCookies[0] ?? '');
    if (held === undefined) throw new Error(`no cookie came with ${answer.status} ${answer.text}`);
    const again = { ...fuzzCase, cookie: { text: undefined, id: held.id } };
    this.cases.set(String(fuzzCase.index), again);
    const { text } = await send(server, this.agent, again, '/look', `connect.sid=${held.value}`);
    if (text === fuzzCase.atEnd) return;
    throw new Error(`answered but not stored: at the end ${fuzzCase.atEnd}, stored ${text}`);
  }
}

function keyOf(id: string, { hashIds }: House): string {
  return hashIds ? createHash('sha256').update(id).digest('base64url') : id;
}

/** A case as text, for whoever investigates it. */
export function tell({ index, problem, cookie, done }: FuzzCase): string {
  const header = JSON.stringify(cookie.text?.slice(0, 300));
  return `case ${index}: ${problem}\ncookie: ${header}\nsteps: ${done.join(' > ')}`;
}
