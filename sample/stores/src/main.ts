// One application, and every place where its sessions can live.
//
//   npm install && npm run build
//   npx tsc -p sample/stores/tsconfig.json
//   STORE=sql-postgres STORE_URL=postgres://user:password@localhost:5432/shop \
//     SESSION_SECRET="$(openssl rand -base64 32)" node sample/stores/dist/main.js
//
//   curl -c jar -b jar -H 'Content-Type: application/json' -d '{"item":"tea"}' localhost:3000/cart
//   curl -c jar -b jar -H 'Content-Type: application/json' -d '{"username":"ada"}' localhost:3000/login
//   curl -c jar -b jar localhost:3000/devices
//
// STORE          STORE_URL
// memory         (none)
// sealed-cookie  (none)
// redis          redis://localhost:6379
// node-redis     redis://localhost:6379
// sql-postgres   postgres://user:password@localhost:5432/database
// sql-mysql      mysql://user:password@localhost:3306/database
// sql-sqlite     ./sessions.sqlite
// postgres       postgres://user:password@localhost:5432/database
// sqlite         ./sessions.sqlite
// mysql          mysql://user:password@localhost:3306/database
//
// The three with sql- are Sesame's own, whose tables npx nestjs-sesame sql makes; the three
// after them are made for express-session.
//
// ENCRYPTION_KEY, 32 characters or more, seals what is stored. sealed-cookie needs it.
import { createApp } from './create-app.js';
import { fromEnvironment } from './environment.js';

const port = process.env['PORT'] ?? '3000';

const app = await createApp(await fromEnvironment(process.env));
app.enableShutdownHooks();
await app.listen(port, '127.0.0.1');
console.log(`Sessions in ${process.env['STORE'] ?? 'memory'}: http://localhost:${port}`);
