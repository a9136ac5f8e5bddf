import type { Plan } from './plan.js';

type Kind = 'crossings' | 'fixations' | 'ends' | 'revocations' | 'caps' | 'clicks';

/** Schedules that once went wrong. They are run first, every time. */
export const FOUND: Readonly<Record<Kind, readonly Plan[]>> = {
  crossings: [],
  fixations: [],
  ends: [],
  revocations: [],
  caps: [],
  clicks: [],
};
