import { beforeEach, describe, expect, it } from '@jest/globals';
import { OutageReports } from '../../../lib/nest/logging/outage-reports.js';

let now = 0;
let reports: OutageReports;

beforeEach(() => {
  now = 0;
  reports = new OutageReports(() => now);
});

describe('what is logged of an outage', () => {
  it('is its first failure, and then nothing for ten seconds', () => {
    expect(reports.lineToLog('touch', 'it failed')).toBe('it failed');
    now = 9_999;
    expect(reports.lineToLog('touch', 'it failed')).toBeUndefined();
    now = 10_000;
    expect(reports.lineToLog('touch', 'it failed')).toContain('it failed');
  });

  it('says how often the failure came back in the meantime, if it did', () => {
    for (let times = 0; times < 6_000; times += 1) reports.lineToLog('touch', 'it failed');
    now = 10_000;
    expect(reports.lineToLog('touch', 'it failed')).toBe(
      'it failed (5999 more since this was last logged.)',
    );
    now = 20_000;
    expect(reports.lineToLog('touch', 'it failed')).toBe('it failed');
  });

  it('is kept apart for each kind of failure', () => {
    expect(reports.lineToLog('touch', 'it failed')).toBe('it failed');
    expect(reports.lineToLog('late', 'that failed')).toBe('that failed');
  });
});
