import { fileURLToPath } from 'node:url';
import type { INestApplication, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { static as serveStatic } from 'express';
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

/** The application, ready to `listen()`: on Express, or with `HTTP_ADAPTER=fastify` on Fastify. */
export async function createApp(options: NestApplicationOptions = {}): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule, createAdapter(), options);
  app.use(
    serveStatic(PAGE_FOLDER, { setHeaders: (response) => response.setHeaders(PAGE_HEADERS) }),
  );
  return app;
}

function createAdapter(): AbstractHttpAdapter {
  if (process.env['HTTP_ADAPTER'] === 'fastify') return new FastifyAdapter();
  const adapter = new ExpressAdapter();
  adapter.disable('x-powered-by');
  return adapter;
}
