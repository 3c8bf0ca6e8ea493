import { strict as assert } from "node:assert";
import { test } from "node:test";

import { respondingFirstWith } from "./network.js";
import { anEntry, errorOf, newAccount } from "./users.js";

test("an error names the fields that are wrong", async () => {
  const account = await newAccount();
  const exercises = [{ ...(await anEntry(account)), sets: 300 }];
  const body = { date: "2026-11-21T19:30:00+01:00", exercises };

  const error = await errorOf(account.client.post("/api/history", { body }));

  assert.deepEqual([error.status, error.code], [400, "invalid"]);
  const found = error.errors.map(({ pointer, code }) => [pointer, code]);
  assert.deepEqual(found, [["/exercises/0/sets", "max_value"]]);
  assert.match(error.requestId!, /^[\w.-]+$/);
});

for (const body of ["{", "null", ""]) {
  test(`a problem document that is ${JSON.stringify(body)} is an error all the same`, async (t) => {
    const { client } = await newAccount();
    const headers = { "Content-Type": "application/problem+json" };
    respondingFirstWith(t, new Response(body, { status: 409, headers }));

    const error = await errorOf(client.get("/api/auth/me"));

    assert.deepEqual([error.status, error.code, error.errors], [409, "", []]);
  });
}

test("a response that isn't the service's own is an error all the same", async (t) => {
  const { client } = await newAccount();
  respondingFirstWith(t, new Response("<h1>Moved</h1>", { status: 418 }));

  const error = await errorOf(client.get("/api/auth/me"));

  assert.deepEqual([error.status, error.code, error.errors], [418, "", []]);
});
