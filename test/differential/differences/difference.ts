import type { Forecast } from '../forecast/forecast.js';

/** A place in the observation, what express-session shows there, and what Sesame does. */
export type Differing = Readonly<Record<string, readonly [unknown, unknown]>>;

/** How Sesame differs in a scenario: place by place, or worked out from what express-session showed. */
export type Rule = Differing | ((forecast: Forecast) => void);

/** One thing that express-session and Sesame do differently, as docs/differences.md tells it. */
export interface Difference {
  readonly key: string;
  /** What express-session does. */
  readonly plain: string;
  /** What Sesame does. */
  readonly sesame: string;
  readonly why: string;
  /**
   * What it changes in the scenarios of these names. `*` stands for anything, and `{a|b}` for either.
   * What no rule mentions is the same on both sides.
   */
  readonly rules: Readonly<Record<string, Rule>>;
}
