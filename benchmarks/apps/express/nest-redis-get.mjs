// The floor: the least that any session costs. See floor.mjs.
import { floorModule } from '../floor.mjs';
import { serveNest } from '../serve.mjs';

await serveNest(floorModule());
