import { describe, it } from '@jest/globals';
import { sessionStoreContract } from 'nestjs-sesame/testing';
import type { StoreContractOptions, StoreUnderTest } from 'nestjs-sesame/testing';

/** False for cases that wait until something expires in Redis, which is alike for every client. */
const isQuick = ({ name }: { name: string }): boolean => !/expir|lives/.test(name);

/**
 * The published contract as Jest tests, with different sequences in every run. In brief for one more
 * client of a store whose expiry another test covers.
 */
export function describeStoreContract(
  name: string,
  create: () => Promise<StoreUnderTest> | StoreUnderTest,
  options: StoreContractOptions & { isBrief?: boolean } = {},
): void {
  describe(`${name} keeps the contract of stores:`, () => {
    const cases = sessionStoreContract(create, { seed: Date.now() % 1_000_000, ...options });
    it.each(options.isBrief ? cases.filter(isQuick) : cases)('$name', ({ run }) => run());
  });
}
