import { fileURLToPath } from 'node:url';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';

// Beside src/ and beside dist/, so that it is found from both.
const PAGE_FOLDER = fileURLToPath(new URL('../public', import.meta.url));

const PAGE_HEADERS = new Map([
  [
    'Content-Security-Policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  ],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'same-origin'],
]);

/** The application, ready to `listen()`. */
export async function createApp(
  options: NestApplicationOptions = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, options);
  app.disable('x-powered-by');
  app.useStaticAssets(PAGE_FOLDER, { setHeaders: (response) => response.setHeaders(PAGE_HEADERS) });
  return app;
}
