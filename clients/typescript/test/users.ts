import { strict as assert } from "node:assert";

import { FitnessClient, FitnessError, MemoryTokens, type Tokens, newId } from "../src/index.js";

export const PASSWORD = "correct horse 9";

export interface Account {
  client: FitnessClient;
  tokens: MemoryTokens;
  email: string;
}

/** A client of the running service, with an account of its own. */
export async function newAccount(): Promise<Account> {
  const tokens = new MemoryTokens();
  const client = new FitnessClient(serviceUrl(), tokens);
  const email = `${newId()}@example.com`;
  await client.register({ email, password: PASSWORD });
  return { client, tokens, email };
}

export function serviceUrl(): string {
  const url = process.env["FITNESS_URL"];
  assert(url, "FITNESS_URL must be the URL of a running service.");
  return url;
}

export async function pairIn(tokens: MemoryTokens): Promise<Tokens> {
  const pair = await tokens.read();
  assert(pair);
  return pair;
}

/** As if ten minutes had passed. */
export async function expire(tokens: MemoryTokens): Promise<void> {
  await tokens.write({ ...(await pairIn(tokens)), access: "expired" });
}

export async function anEntry({ client }: Account) {
  const page = await client.get("/api/exercises", { params: { query: { pageSize: 1 } } });
  return { exerciseId: page.results[0]!.id, sets: 3, reps: 8, weight: 62.5 };
}

export async function aRoutine(account: Account) {
  const body = { name: "Push day", exercises: [await anEntry(account)] };
  return account.client.post("/api/routines", { body });
}

/** The error that a call throws. */
export async function errorOf(call: Promise<unknown>): Promise<FitnessError> {
  const error: unknown = await call.then(
    () => assert.fail("The call succeeded."),
    (reason: unknown) => reason,
  );
  assert(error instanceof FitnessError, String(error));
  return error;
}
