import { ApolloDriver } from '@nestjs/apollo';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import type { DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import type { Answer, Browser } from '../browser.js';

/** A GraphQL endpoint at `/graphql` whose schema comes from the application's resolvers. */
export function graphqlModule(options: Partial<ApolloDriverConfig> = {}): DynamicModule {
  return GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver,
    autoSchemaFile: true,
    graphiql: false,
    playground: false,
    ...options,
  });
}

/** What a GraphQL endpoint answered. */
export interface GraphqlAnswer extends Answer {
  readonly data: unknown;
  readonly errors: unknown;
}

export async function ask(browser: Browser, query: string): Promise<GraphqlAnswer> {
  const answer = await browser.post('/graphql', { query });
  const body: unknown = answer.body;
  const isObject = typeof body === 'object' && body !== null;
  return {
    ...answer,
    data: isObject ? Reflect.get(body, 'data') : undefined,
    errors: isObject ? Reflect.get(body, 'errors') : undefined,
  };
}
