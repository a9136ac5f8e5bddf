/** Redis's own answer when it refuses a command begins with a code: `NOPERM ...`. */
const REFUSAL = /^[A-Z]+ /;

/** True for an answer of Redis, whatever client it came through; false for an error of the connection. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && REFUSAL.test(error.message);
}
