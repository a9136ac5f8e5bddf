import type { Forecast } from '../forecast/forecast.js';
import type { Difference } from './difference.js';
import { ERROR } from './seen.js';

/** Who may send requests with the cookie. */
export const otherOrigins: readonly Difference[] = [
  {
    key: 'other-origins',
    plain: 'Serves whatever page a request with its cookie comes from.',
    sesame:
      'Refuses it with a 403 if the page is of another origin and the method is not safe, unless the `crossOrigin` option lets it pass.',
    why: 'Another page must not act as its visitors. `SameSite` stops other sites, and not other hosts of the same site.',
    rules: {
      'another origin: a {POST|DELETE} of another site': isRefused,
      'another origin: a POST {of the same site|that tells its origin alone}': isRefused,
    },
  },
];

function isRefused(it: Forecast): void {
  it.answers(1, [200, 5], [403, ERROR]);
  it.differs({
    '#2.body.data.count': [5, 4],
    'store.calls': ['get known, set known, get known', 'get known'],
    'store.contents.known.count': [5, 4],
  });
}
