import { createApp } from './create-app.js';

const port = process.env['PORT'] ?? '3000';
// A sample with known passwords is for this machine alone, unless someone says otherwise.
const host = process.env['HOST'] ?? '127.0.0.1';

const app = await createApp();
app.enableShutdownHooks();
try {
  await app.listen(port, host);
  console.log(`Sesame quickstart: http://localhost:${port}`);
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
  console.error(`Port ${port} is taken. Set PORT to another one.`);
  process.exitCode = 1;
  await app.close();
}
