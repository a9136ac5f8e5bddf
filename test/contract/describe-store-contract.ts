import { describe, it } from '@jest/globals';
import { sessionStoreContract } from 'nestjs-sesame/testing';
import type { StoreContractOptions, StoreUnderTest } from 'nestjs-sesame/testing';

/** What waits for Redis to let something expire, which it does for every client alike. */
const isQuick = ({ name }: { name: string }): boolean => !/expir|lives/.test(name);

/**
 * The published contract, as tests of Jest; its sequences are others with every run. In brief for one more
 * client of a store that another test has kept waiting for what expires.
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
