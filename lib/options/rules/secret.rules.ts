import { isSecret, secretValue } from '../../reporting/secret-value.js';
import { typeName } from '../../reporting/type-name.js';
import { isLongSecret, LONG_SECRET } from '../../stores/sealing-key.js';
import { RuleThatTells } from './option-rules.js';

export function IsSecret(): PropertyDecorator {
  return RuleThatTells(
    'isSecret',
    (secret) => {
      const secrets: unknown[] = Array.isArray(secret) ? secret : [secret];
      return secrets.length > 0 && secrets.every(isSecret);
    },
    (secret) =>
      `is ${secretValue(secret)}; give a random string (\`openssl rand -base64 32\` makes one) or a Buffer, or an array of them: the first signs, all verify. It belongs in the environment, not in the code`,
  );
}

export function HasEncryptionKeys(): PropertyDecorator {
  return RuleThatTells(
    'hasKeys',
    (encryption) => {
      const keys = keysIn(encryption);
      return Array.isArray(keys) && keys.length > 0 && keys.every(isLongSecret);
    },
    (encryption) =>
      `is ${keysFound(encryption)}; give { keys: [...] } with at least one ${LONG_SECRET}`,
  );
}

function keysFound(encryption: unknown): string {
  const keys = keysIn(encryption);
  if (!Array.isArray(keys)) return typeName(encryption);
  const hasAll = keys.length > 0 && keys.every(isSecret);
  return hasAll
    ? 'an object with a key that is too short'
    : `an object whose keys are ${secretValue(keys)}`;
}

function keysIn(encryption: unknown): unknown {
  return typeof encryption === 'object' && encryption !== null
    ? Reflect.get(encryption, 'keys')
    : undefined;
}
