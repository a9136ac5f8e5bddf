import { describe, expect, it } from '@jest/globals';
import type { Rule } from '../differences/difference.js';
import { Forecast } from './forecast.js';
import { alternativesOf, isNamed } from './names.js';

const plain = {
  '#1': { status: 200, body: 1, cookies: { 'connect.sid': { Path: '/', expiresIn: 60 } } },
  store: { calls: 'get known, set known', contents: { known: { count: 1 } } },
};

function foretold(rule: Rule): unknown {
  const forecast = new Forecast(plain, { name: 'any', requests: ['/count'] }, 'http');
  forecast.apply(rule);
  return forecast.observation;
}

describe('A rule', () => {
  it('changes what is expected of Sesame', () => {
    expect(
      foretold({
        '#1.cookies.connect.sid.Path': ['/', '/admin'],
        'store.calls': ['set known', ''],
        'store.contents.known': [{ count: 1 }, undefined],
        notes: ['', 'called'],
      }),
    ).toEqual({
      '#1': { status: 200, body: 1, cookies: { 'connect.sid': { Path: '/admin', expiresIn: 60 } } },
      store: { calls: 'get known', contents: {} },
      notes: 'called',
    });
  });

  it('leaves what was observed of express-session as it is', () => {
    const before = structuredClone(plain);
    foretold({ '#1.body': [1, 2] });
    expect(plain).toEqual(before);
  });

  it.each<[string, Rule]>([
    ['another value of express-session', { '#1.body': [2, 3] }],
    ['a value that is not there', { '#1.cookies.connect.sid.Domain': ['a.com', undefined] }],
    ['a place that is not there', { '#2.body': [undefined, 1] }],
    ['a call that was not made', { 'store.calls': ['destroy known', ''] }],
    ['no call at all', { 'store.calls': ['', 'get known'] }],
    ['no difference', { '#1.body': [1, 1] }],
    ['no difference worth the name', { '#1.cookies.connect.sid.expiresIn': [60, 61] }],
    ['nothing', () => undefined],
    ['what is so anyway', (it) => it.put('#1.body', 1)],
    ['the loss of a session that is not stored', (it) => it.leavesOut('sid-1a')],
    ['an answer to another response', (it) => it.answers(1, [500, 1], [503, 2])],
  ])('that expects %s fails', (_expects, rule) => {
    expect(() => foretold(rule)).toThrow();
  });
});

describe('The name of a scenario', () => {
  it.each([
    ['end()', 'end()', true],
    ['end()', 'end() twice', false],
    ['end()*', 'end() twice', true],
    ['a {b|c}*', 'a c d', true],
    ['a{| b}', 'a', true],
    ['a {b|c}', 'a d', false],
  ])('%s: %s', (pattern, name, isMatching) => {
    expect(isNamed(pattern, name)).toBe(isMatching);
  });

  it('is looked for by each alternative', () => {
    expect(alternativesOf('{a|b} of{| c}')).toEqual(['a of', 'a of c', 'b of', 'b of c']);
  });
});
