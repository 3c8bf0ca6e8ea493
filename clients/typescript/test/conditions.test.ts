import { strict as assert } from "node:assert";
import { test } from "node:test";

import { type FitnessClient, FitnessError, type Routine, ifMatch } from "../src/index.js";
import { losingFirstResponses } from "./network.js";
import { aRoutine, errorOf, newAccount } from "./users.js";

const rename = (client: FitnessClient, routine: Routine, name: string): Promise<Routine> =>
  client.patch("/api/routines/{id}", {
    params: { path: { id: routine.id }, header: ifMatch(routine) },
    body: { name },
  });

/** The recipe for a 412: read the document, compare, and decide again. */
async function renameOrCompare(client: FitnessClient, copy: Routine, name: string) {
  try {
    return await rename(client, copy, name);
  } catch (error) {
    if (!(error instanceof FitnessError && error.status === 412)) throw error;
  }
  const current = await client.get("/api/routines/{id}", { params: { path: { id: copy.id } } });
  return current.name === copy.name ? rename(client, current, name) : current;
}

test("a row of a list can be written without being read again", async () => {
  const account = await newAccount();
  await aRoutine(account);
  const [row] = (await account.client.get("/api/routines")).results;

  const renamed = await rename(account.client, row!, "Pull day");

  assert.equal(renamed.name, "Pull day");
  assert.notEqual(renamed.revision, row!.revision);
});

test("a write to a copy that is out of date is refused", async () => {
  const account = await newAccount();
  const copy = await aRoutine(account);
  await rename(account.client, copy, "From the phone");

  const error = await errorOf(rename(account.client, copy, "From the tablet"));

  assert.deepEqual([error.status, error.code], [412, "precondition_failed"]);
  const { results } = await account.client.get("/api/routines");
  assert.deepEqual(results.map(({ name }) => name), ["From the phone"]);
});

test("a change of another field is no conflict for the recipe", async () => {
  const account = await newAccount();
  const copy = await aRoutine(account);
  const init = { params: { path: { id: copy.id } }, body: { notes: "From the phone" } };
  await account.client.patch("/api/routines/{id}", init);

  const renamed = await renameOrCompare(account.client, copy, "From the tablet");

  assert.deepEqual([renamed.name, renamed.notes], ["From the tablet", "From the phone"]);
});

test("what hasn't changed is a 304, which has no document to return", async () => {
  const { client } = await newAccount();
  const { response } = await client.calls.GET("/api/auth/me");
  const init = { headers: { "If-None-Match": response.headers.get("ETag") } };

  const error = await errorOf(client.get("/api/auth/me", init));

  assert.equal(error.status, 304);
  assert.equal((await client.calls.GET("/api/auth/me", init)).response.status, 304);
});

test("the recipe finds a write whose response was lost", async (t) => {
  const account = await newAccount();
  const copy = await aRoutine(account);
  losingFirstResponses(t);

  const renamed = await renameOrCompare(account.client, copy, "Pull day");

  assert.equal(renamed.name, "Pull day");
});
