import { HttpException } from '@nestjs/common';

/** What an error says to the developer: the message of an HTTP exception is for clients. */
export function reasonOf(error: unknown): string {
  const told = error instanceof HttpException ? (error.cause ?? error) : error;
  return told instanceof Error ? told.message : String(told);
}
