import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as sesame from 'nestjs-sesame';
import * as redis from 'nestjs-sesame/redis';
import * as sql from 'nestjs-sesame/sql';
import * as testing from 'nestjs-sesame/testing';
import { RedisServer } from '../support/servers/redis-server.js';
import { PackedLibrary } from './packed-library.js';
import { runFlow } from './running-flow.js';
import { runByNode, runByVitest } from './testing-kit.js';

let packed: PackedLibrary;

beforeAll(() => {
  packed = new PackedLibrary();
}, 300_000);

afterAll(() => packed.remove());

const NAMES = [sesame, redis, sql, testing].map((entry) => Object.keys(entry).toSorted());

describe('The packed library', () => {
  it('is loaded once by Node for both import and require()', () => {
    expect(packed.run('apps', 'required.cjs')).toEqual({
      answer: { names: NAMES, importedNames: NAMES, isSame: true },
      warnings: '',
    });
  });

  it('has all its names in both formats, and warns once when both are loaded', () => {
    const { answer, warnings } = packed.run('loaders', 'required.cjs');
    expect(answer).toEqual({ names: NAMES, importedNames: NAMES, isSame: false });
    expect(warnings.match(/SESAME_SECOND_COPY/g)).toHaveLength(1);
    expect(warnings).toMatch(
      /loaded twice in this process: \S+\/dist\/cjs\/\S+ and \S+\/dist\/esm\//,
    );
  });
});

describe('The command of the packed library', () => {
  it('prints the schema of SqlSessionStore', () => {
    expect(packed.command('sql', 'mysql')).toEqual([0, sql.schemaSql('mysql'), '']);
    const options = ['--prefix=app_', '--schema', 'auth', '--unlogged'];
    expect(packed.command('sql', 'postgres', ...options)).toEqual([
      0,
      sql.schemaSql('postgres', { prefix: 'app_', schema: 'auth', unlogged: true }),
      '',
    ]);
  });

  it.each([
    ['nothing', [], 'The command is sql'],
    ['another command', ['sqlite'], 'The command is sql'],
    ['another dialect', ['sql', 'oracle'], 'The dialect is one of postgres, mysql and sqlite'],
    ['one word more', ['sql', 'sqlite', 'now'], 'The command is sql'],
    ['another option', ['sql', 'sqlite', '--table=a'], "Unknown option '--table'"],
    ['a name that is none', ['sql', 'sqlite', '--prefix=a"b'], 'SqlSessionStore: prefix '],
    [
      'what only PostgreSQL has',
      ['sql', 'mysql', '--unlogged'],
      'SqlSessionStore: only PostgreSQL',
    ],
  ])('explains itself when it is given %s', (_what, words, problem) => {
    const [status, printed, said] = packed.command(...words);
    expect([status, printed]).toEqual([2, '']);
    expect(said).toMatch(/^Usage: nestjs-sesame sql postgres\|mysql\|sqlite /m);
    expect(said.startsWith(problem)).toBe(true);
  });
});

describe('The testing kit of the packed library', () => {
  it('lets the documented tests pass in Vitest', () => {
    const run = runByVitest(join(packed.folder, 'apps/kit'));
    expect(run).toEqual({
      passed: 11,
      failed: 0,
      printed: expect.not.stringMatching(/warning/i),
    });
  }, 120_000);

  it.each(['apps', 'loaders'])(
    'works by require() and in the test runner of Node: %s',
    (place) => {
      const { passed, failed, printed } = runByNode(join(packed.folder, place), 'kit.cjs');
      expect({ failed, printed }).toEqual({ failed: 0, printed: '' });
      expect(passed).toBeGreaterThan(90);
    },
    120_000,
  );
});

describe('Two copies in one process', () => {
  it("recognise each other's sessions, errors and stores", () => {
    expect(packed.run('loaders', 'two-copies.mjs').answer).toEqual({
      isSame: false,
      answers: {
        anonymous: [401, expect.stringContaining('"reason":"anonymous"')],
        signedIn: [200, '{"user":"ada","hasCookie":true}'],
        open: [200, 'open'],
        broken: [503, expect.stringContaining('Sessions are unavailable at the moment')],
      },
      strangers: [],
      extended: true,
      notExtended: false,
    });
  });
});

describe('An application of the packed library', () => {
  it.each<[string, 'apps' | 'loaders', 'module' | 'commonjs']>([
    ['ES modules that import it', 'apps', 'module'],
    ['CommonJS that requires the ES modules', 'apps', 'commonjs'],
    ['CommonJS that requires the CommonJS build', 'loaders', 'commonjs'],
  ])(
    'of %s keeps its sessions, in memory and in Redis, on Express and on Fastify',
    async (_how, place, type) => {
      const redisServer = await RedisServer.start();
      try {
        expect(await runFlow(join(packed.folder, place), type, redisServer.url)).toEqual({
          stores: ['memory, on Fastify', 'memory', 'redis by URL', 'redis by client'],
          printed: '',
        });
      } finally {
        await redisServer.stop();
      }
    },
    120_000,
  );
});
