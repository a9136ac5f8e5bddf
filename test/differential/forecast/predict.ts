import { differences } from '../differences/table.js';
import { agree } from '../support/agreement.js';
import type { Observation } from '../support/run.js';
import type { Platform, Scenario } from '../support/scenario.js';
import { Forecast } from './forecast.js';
import { isNamed } from './names.js';
import { at } from './places.js';

/** What Sesame should show in a scenario, given what express-session showed and the rules. */
export function predict(scenario: Scenario, platform: Platform, plain: Observation): Observation {
  const forecast = new Forecast(plain, scenario, platform);
  const places = differences.flatMap(({ key, rules }) =>
    Object.entries(rules)
      .filter(([pattern]) => isNamed(pattern, scenario.name))
      .flatMap(([pattern, rule]) => {
        try {
          return forecast.apply(rule);
        } catch (cause) {
          throw new Error(`'${pattern}' of ${key} does not fit: ${String(cause)}`, { cause });
        }
      }),
  );
  // No rule may undo what another changed.
  const idle = places.filter((place) => agree(place, at(plain, place), forecast.at(place)));
  if (idle.length > 0) throw new Error(`The rules leave no difference at ${idle.join(', ')}.`);
  return forecast.observation;
}
