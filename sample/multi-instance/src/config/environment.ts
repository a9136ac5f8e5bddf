const REMEDIES = {
  REDIS_URL:
    'Processes share sessions through a store that all of them reach. Start a Redis and say where it is, for example REDIS_URL=redis://127.0.0.1:6379.',
  SESSION_SECRET:
    'Processes share sessions only if one secret signs their cookies. Give all of them the same 32 random characters or more, for example from: openssl rand -base64 32.',
};

/** @throws Error saying what the variable is for when it is not set */
export function required(name: keyof typeof REMEDIES): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set. ${REMEDIES[name]}`);
  return value;
}
