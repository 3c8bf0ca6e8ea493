import { strict as assert } from "node:assert";
import { test } from "node:test";

import { newId } from "../src/index.js";
import { breakingFirstBody, losingFirstResponses, onNetwork, problem, respondingFirstWith } from "./network.js";
import { PASSWORD, aRoutine, anEntry, errorOf, newAccount } from "./users.js";

test("a POST whose response was lost creates one document", async (t) => {
  const account = await newAccount();
  const exercises = [await anEntry(account)];
  const sent = losingFirstResponses(t);

  const created = await account.client.post("/api/routines", { body: { name: "Pull", exercises } });

  const keys = sent.map((request) => request.headers.get("Idempotency-Key"));
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  const { results } = await account.client.get("/api/routines");
  assert.deepEqual(results, [created]);
});

test("a POST whose response broke off creates one document", async (t) => {
  const account = await newAccount();
  const sent = breakingFirstBody(t);

  const created = await account.client.post("/api/routines", { body: { name: "Pull", exercises: [] } });

  assert.equal(sent.length, 2);
  const { results } = await account.client.get("/api/routines");
  assert.deepEqual(results, [created]);
});

test("a DELETE whose response was lost succeeds", async (t) => {
  const account = await newAccount();
  const routine = await aRoutine(account);
  const sent = losingFirstResponses(t);

  await account.client.delete("/api/routines/{id}", { params: { path: { id: routine.id } } });

  assert.equal(sent.length, 2);
  assert.deepEqual((await account.client.get("/api/routines")).results, []);
});

test("a DELETE of what isn't there is a 404, also if the service was busy before", async (t) => {
  const { client } = await newAccount();
  const sent = respondingFirstWith(t, problem(503, "busy", { "Retry-After": "0" }));

  const error = await errorOf(client.delete("/api/routines/{id}", { params: { path: { id: newId() } } }));

  assert.deepEqual([error.status, sent.length], [404, 2]);
});

test("a caller's own key is kept", async (t) => {
  const account = await newAccount();
  const body = { name: "Pull", exercises: [] };
  const init = { body, params: { header: { "Idempotency-Key": "mine" } } };
  const sent = onNetwork(t, (request, real) => real(request));

  const first = await account.client.post("/api/routines", init);
  const second = await account.client.post("/api/routines", init);

  assert.equal(second.id, first.id);
  assert.equal(sent[0]?.headers.get("Idempotency-Key"), "mine");
});

test("a POST without a key is sent once", async (t) => {
  const { client } = await newAccount();
  const sent = losingFirstResponses(t);

  const body = { currentPassword: PASSWORD, newPassword: "battery staple 7" };
  await assert.rejects(client.changePassword(body), TypeError);

  assert.equal(sent.length, 1);
});

for (const [status, code] of [[503, "busy"], [409, "conflict"]] as const) {
  test(`a ${status} with the code ${code} passes`, async (t) => {
    const account = await newAccount();
    const routine = await aRoutine(account);
    const sent = respondingFirstWith(t, problem(status, code, { "Retry-After": "0" }));

    const init = { params: { path: { id: routine.id } }, body: { notes: "Slowly." } };
    const changed = await account.client.patch("/api/routines/{id}", init);

    assert.equal(changed.notes, "Slowly.");
    assert.equal(sent.length, 2);
  });
}

test("other conflicts are errors at once", async (t) => {
  const { client } = await newAccount();
  const sent = respondingFirstWith(t, problem(409, "limit"));

  const error = await errorOf(client.post("/api/routines", { body: { name: "A", exercises: [] } }));

  assert.equal(error.code, "limit");
  assert.equal(sent.length, 1);
});

test("whoever must wait long is told how long", async (t) => {
  const { client } = await newAccount();
  const sent = respondingFirstWith(t, problem(429, "too_many_attempts", { "Retry-After": "880" }));

  const error = await errorOf(client.get("/api/auth/me"));

  assert.deepEqual([error.status, error.retryAfter, sent.length], [429, 880, 1]);
});

test("an aborted call isn't repeated", async (t) => {
  const { client } = await newAccount();
  const abort = new AbortController();
  const sent = onNetwork(t, () => {
    abort.abort();
    return Promise.reject(new TypeError("network error"));
  });

  await assert.rejects(client.get("/api/auth/me", { signal: abort.signal }));

  assert.equal(sent.length, 1);
});
