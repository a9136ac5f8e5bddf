import { afterAll, afterEach, beforeAll, describe, jest } from '@jest/globals';
import { STORE_NAMES } from '../../../sample/stores/src/stores/open-store.js';
import { describeIfMariaDb } from '../../support/servers/mariadb-server.js';
import { describeAtRest } from './at-rest.js';
import { describeDevices } from './devices.js';
import { closeInstances } from './instance.js';
import { describeInstances } from './instances.js';
import { describeOneInstance } from './one-instance.js';
import { PLACES } from './places.js';
import type { Place } from './places.js';
import { PROMISES } from './store-promises.js';

// Database servers take their time to start on a busy machine.
jest.setTimeout(60_000);

for (const name of STORE_NAMES) {
  const describePlace = name.endsWith('mysql') ? describeIfMariaDb : describe;
  describePlace(`sessions in ${name}`, () => {
    let place: Place;

    beforeAll(async () => {
      place = await PLACES[name]();
    });
    afterEach(closeInstances);
    afterAll(async () => {
      await place.stop();
    });

    const subject = { name, promises: PROMISES[name], place: () => place };
    describeOneInstance(subject);
    describeInstances(subject);
    describeDevices(subject);
    describeAtRest(subject);
  });
}
