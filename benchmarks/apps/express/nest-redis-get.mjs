// The floor: what no session costs less than. See floor.mjs.
import { floorModule } from '../floor.mjs';
import { serveNest } from '../serve.mjs';

await serveNest(floorModule());
