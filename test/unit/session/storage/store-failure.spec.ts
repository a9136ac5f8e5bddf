import { describe, expect, it } from '@jest/globals';
import { reportable } from '../../../../lib/session/storage/store-failure.js';

const KEY = 'Zm9yIHRoZSB0ZXN0cyBhbG9uZQ';

/** Everything that a logger may find in an error. */
function allOf(error: Error): string {
  const names = Object.getOwnPropertyNames(error);
  return JSON.stringify(names.map((name) => String(Reflect.get(error, name))));
}

function parserError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

describe('reportable', () => {
  it('returns the error of the store if it is harmless', () => {
    const failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const told = reportable(failure, [KEY]);
    expect(told).toMatchObject({ message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' });
    expect(told.stack).toBe(failure.stack);
  });

  it.each([
    ['the key', `select * from sessions where sid = '${KEY}' - no such table`],
    ['the record', `insert ... values ('{"_sesame":{"seenAt":1},"card":"4111"}') - disk full`],
    ['the record, escaped', `insert ... values ('{\\"_sesame\\":{},\\"card\\":\\"4111\\"}')`],
  ])('withholds a message that quotes %s', (_what, message) => {
    const failure = Object.assign(new Error(message), { name: 'SqliteError', code: 'SQLITE_FULL' });
    const told = reportable(failure, [KEY]);
    expect(told.message).toBe(
      'SqliteError SQLITE_FULL: its message is withheld, since it quotes the session',
    );
    for (const secret of [KEY, '4111']) expect(allOf(told)).not.toContain(secret);
  });

  it("withholds a parser's message about a record", () => {
    const told = reportable(parserError('pin=411111'), [KEY]);
    expect(told.message).toContain('SyntaxError: its message is withheld');
    expect(allOf(told)).not.toContain('4111');
  });

  it('withholds the message of a cause that quotes the session', () => {
    const told = reportable(new Error('not stored', { cause: new Error(`SET ${KEY}`) }), [KEY]);
    expect(told).toMatchObject({ message: 'not stored', cause: { message: /withheld/ } });
  });

  it('reports a message on one line and of bounded length, in the stack, too', () => {
    const message = `no such table\n[ERROR] forged\u2028${'x'.repeat(10_000)}`;
    const told = reportable(new Error(message, { cause: new Error('one\ntwo') }), [KEY]);
    expect(told.message).toMatch(/^no such table\\u\{a\}\[ERROR\] forged\\u\{2028\}x+…$/);
    expect(told.message.length).toBeLessThan(600);
    expect(told.cause).toMatchObject({ message: 'one\\u{a}two' });
    expect(told.stack).toContain(`Error: ${told.message}\n    at `);
    expect(told.stack).not.toContain(message);
  });

  it('leaves out the properties that drivers add to the error', () => {
    const command = { name: 'set', args: [KEY, 'the record'] };
    const failure = Object.assign(new Error('OOM command not allowed'), { command });
    expect(reportable(failure, [KEY])).not.toHaveProperty('command');
  });

  it('reveals nothing of a thrown value that is not an error', () => {
    expect(reportable({ sql: KEY }, [KEY]).message).toBe('the store failed without a message');
  });
});
