import { describe, it } from '@jest/globals';
import { sessionStoreContract } from 'nestjs-sesame/testing';
import type { StoreContractOptions, StoreUnderTest } from 'nestjs-sesame/testing';

/** The published contract, as tests of Jest; its sequences are others with every run. */
export function describeStoreContract(
  name: string,
  create: () => Promise<StoreUnderTest> | StoreUnderTest,
  options: StoreContractOptions = {},
): void {
  describe(`${name} keeps the contract of stores:`, () => {
    const cases = sessionStoreContract(create, { seed: Date.now() % 1_000_000, ...options });
    it.each(cases)('$name', ({ run }) => run());
  });
}
