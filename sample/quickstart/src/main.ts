import { createApp } from './create-app.js';

const port = process.env['PORT'] ?? '3000';

const app = await createApp();
app.enableShutdownHooks();
await app.listen(port);
console.log(`Sesame quickstart: http://localhost:${port}`);
