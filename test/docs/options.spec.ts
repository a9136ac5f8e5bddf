import { readFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import ts from 'typescript';
import { createSessionMiddleware } from 'nestjs-sesame';
import { CompleteSessionCookieOptions } from '../../lib/options/cookie/session-cookie.options.js';
import { CompleteCrossOriginOptions } from '../../lib/options/cross-origin/cross-origin.options.js';
import { CompleteSessionModuleOptions } from '../../lib/options/session.options.js';
import { recordLogs } from '../support/recorded-logs.js';
import { rejectionOf } from '../unit/options/problems-of.js';
import { edgeSettingsOf, SECRET } from '../unit/settings-of.js';
import { codeBlocks, root, tableRows } from './markdown.js';

const PAGE = 'docs/02-options.md';

const options = new CompleteSessionModuleOptions();
const cookie = new CompleteSessionCookieOptions();
const declared = new Map([
  ...declarations('lib/options/session.options.ts', ''),
  ...declarations('lib/options/cookie/session-cookie.options.ts', 'cookie.'),
  ...declarations('lib/options/cross-origin/cross-origin.options.ts', 'crossOrigin.'),
]);
const classDefaults = new Map<string, unknown>([
  ...Object.entries(options),
  ...within('cookie.', new CompleteSessionCookieOptions()),
  ...within('crossOrigin.', new CompleteCrossOriginOptions()),
]);
/** The first attribute in the table of each option that has attributes. */
const TABLES = new Map([
  ['`path`', 'cookie.'],
  ['`trustedOrigins`', 'crossOrigin.'],
]);

const documented = documentedOptions();

/** Defaults that are described in words, and what must hold for each. */
const WORDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  'new MemorySessionStore()': (value) => value === undefined && keepsInMemory(),
  '192 random bits': () => Buffer.from(generated(), 'base64url').length === 192 / 8,
  'Date.now': () => followsDateNow(options.clock),
  'every route': () => options.forRoutes.length === 1 && options.forRoutes[0] === '{*path}',
  'no limit': (value) => value === undefined,
  none: (value) => value === undefined || (Array.isArray(value) && value.length === 0),
};

describe('The options page', () => {
  it('has each option of the module, and each attribute of the cookie, exactly once', () => {
    expect(documented.map(({ path }) => path).toSorted()).toEqual(
      [...classDefaults.keys()].toSorted(),
    );
  });

  it.each(documented)('gives $path the type that the source gives it', ({ path, type }) => {
    expect(type).toBe(declared.get(path)?.type);
  });

  it.each(documented)('gives $path the @default that the source states', ({ path, byDefault }) => {
    expect(byDefault).toBe(
      declared.get(path)?.defaultTag ?? (path === 'secret' ? 'required' : 'unset'),
    );
  });

  it.each(documented)('gives $path its actual default', ({ path, byDefault }) => {
    const inWords = WORDS[byDefault];
    if (inWords !== undefined) expect(inWords(effectiveDefault(path))).toBe(true);
    else expect(literal(byDefault)).toEqual(effectiveDefault(path));
  });

  it('shows the error at boot as it is', () => {
    const wrong = { idleTimout: '1h', cookie: { sameSite: 'none' }, secret: '' };
    const [shown] = codeBlocks(PAGE, 'text');
    expect(shown?.code).toBe(`${rejectionOf(wrong).message}\n`);
  });
});

interface DocumentedOption {
  readonly path: string;
  readonly type: string;
  readonly byDefault: string;
}

function within(prefix: string, defaults: object): [string, unknown][] {
  return Object.entries(defaults).map(([name, value]) => [prefix + name, value]);
}

function documentedOptions(): DocumentedOption[] {
  let prefix = '';
  return tableRows(PAGE, 'Option').map(([name = '', type = '', byDefault = '']) => {
    prefix = TABLES.get(name) ?? prefix;
    return {
      path: prefix + withoutTicks(name),
      type: withoutTicks(type),
      byDefault: withoutTicks(byDefault),
    };
  });
}

function effectiveDefault(path: string): unknown {
  if (path === 'cookie') return JSON.parse(JSON.stringify(cookie)); // without what is undefined
  if (path === 'secret') return undefined;
  return classDefaults.get(path);
}

/** The value of a literal as a page shows it: JSON with single quotes and bare names. */
function literal(text: string): unknown {
  if (text === 'unset' || text === 'required') return undefined;
  return JSON.parse(text.replaceAll("'", '"').replaceAll(/(\w+): /g, '"$1": '));
}

/** True for a clock that looks at `Date.now` at each call: a test may replace it. */
function followsDateNow(clock: () => number): boolean {
  jest.useFakeTimers({ now: 5 });
  const now = clock();
  jest.useRealTimers();
  return now === 5 && Math.abs(clock() - Date.now()) < 60_000;
}

function generated(): string {
  return edgeSettingsOf().generateId(new IncomingMessage(new Socket()));
}

/** True if sessions are kept in memory when no store is given, which production is warned of. */
function keepsInMemory(): boolean {
  const environment = process.env['NODE_ENV'];
  const { logs, restore } = recordLogs();
  process.env['NODE_ENV'] = 'production';
  createSessionMiddleware({ secret: SECRET });
  process.env['NODE_ENV'] = environment;
  restore();
  return logs.some(({ message }) => message.startsWith('Sessions are kept in the memory'));
}

function withoutTicks(cell: string): string {
  return cell.replace(/^`(.*)`$/, '$1');
}

interface Declaration {
  readonly type: string;
  readonly defaultTag: string | undefined;
}

/** A type as it is when an option is not left out; a function type then needs no brackets. */
function typeWhereGiven(type: ts.TypeNode | undefined): string {
  const given = (type?.getText() ?? '').replace(/ \| undefined$/, '');
  return given.replace(/^\((\(.*\) => .*)\)$/s, '$1');
}

/** What the source says about each property of the classes in a file. */
function declarations(file: string, prefix: string): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  const text = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  for (const statement of source.statements) {
    if (!ts.isClassDeclaration(statement)) continue;
    for (const member of statement.members) {
      if (!ts.isPropertyDeclaration(member)) continue;
      const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default');
      found.set(prefix + member.name.getText(), {
        type: typeWhereGiven(member.type),
        defaultTag: tag === undefined ? undefined : ts.getTextOfJSDocComment(tag.comment),
      });
    }
  }
  return found;
}
