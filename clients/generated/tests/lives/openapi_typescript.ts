// The life of an app with types by openapi-typescript: the service's URL is its argument.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "../schema";
import { patientFetch } from "./patience";

type Session = components["schemas"]["Session"];

const url = process.argv[2]!;
const password = "a horse and a battery";
const day = 86_400_000;

function cursorOf(link: string | null): string {
  assert(link);
  return new URL(link).searchParams.get("cursor")!;
}

async function main(): Promise<void> {
  // Register
  const open = createClient<paths>({ baseUrl: url, fetch: patientFetch });
  const registered = await open.POST("/api/auth/register", {
    body: { email: `${randomUUID()}@example.com`, password, name: "Ann" },
  });
  assert(registered.data);
  assert.equal(registered.data.user.name, "Ann");
  const refresh = registered.data.refresh;
  const { data: tokens } = await open.POST("/api/auth/refresh", { body: { refresh } });
  assert(tokens);
  const client = createClient<paths>({
    baseUrl: url,
    fetch: patientFetch,
    headers: { Authorization: `Bearer ${tokens.access}` },
  });
  const signIns = await client.GET("/api/auth/sessions");
  assert.deepEqual(signIns.data?.results.map((each) => each.isCurrent), [true]);

  // Catalogue
  const query = { pageSize: 100 };
  const catalogue = await client.GET("/api/exercises", { params: { query } });
  assert(catalogue.data);
  const exercises = catalogue.data.results;
  const gifs: (string | null)[] = exercises.map((each) => each.gifUrl);
  assert(gifs.every((gif) => gif === null || gif.startsWith("http")));
  const again = await client.GET("/api/exercises", {
    params: { query, header: { "If-None-Match": catalogue.response.headers.get("ETag")! } },
  });
  assert.equal(again.response.status, 304);
  const [bench, squat] = exercises;
  assert(bench && squat);
  const facets = await client.GET("/api/exercises/facets");
  assert(facets.data?.category[0]?.count);

  // A routine, sent twice as after a lost response
  const entries = [bench, squat].map(({ id }) => ({ exerciseId: id, sets: 3, reps: 8, weight: 62.5 }));
  const header = { "Idempotency-Key": randomUUID() };
  const body = { name: "Push Day", exercises: entries };
  const made = await client.POST("/api/routines", { params: { header }, body });
  const same = await client.POST("/api/routines", { params: { header }, body });
  assert(made.data);
  assert.equal(made.data.id, same.data?.id);

  // Sessions, and a refused one
  const sets = entries.slice(0, 1);
  const routineId = made.data.id;
  const sessions: Session[] = [];
  for (const age of [0, 1, 2]) {
    const date = new Date(Date.now() - age * day).toISOString();
    const { data } = await client.POST("/api/history", { body: { date, exercises: sets, routineId } });
    assert(data);
    sessions.push(data);
  }
  const tooLate = new Date(Date.now() + 9 * day).toISOString();
  const refused = await client.POST("/api/history", { body: { date: tooLate, exercises: sets } });
  assert.deepEqual(
    refused.error?.errors?.map(({ pointer, code }) => [pointer, code]),
    [["/date", "max_value"]],
  );

  // A conditional write, and one that comes too late
  const id = sessions[0]!.id;
  const read = await client.GET("/api/history/{id}", { params: { path: { id } } });
  const condition = { path: { id }, header: { "If-Match": read.response.headers.get("ETag")! } };
  const changed = await client.PATCH("/api/history/{id}", {
    params: condition,
    body: { notes: "Felt good." },
  });
  assert.equal(changed.data?.notes, "Felt good.");
  const late = await client.PATCH("/api/history/{id}", { params: condition, body: { notes: null } });
  assert.equal(late.response.status, 412);
  assert.equal(late.error?.code, "precondition_failed");

  // Pages
  const first = await client.GET("/api/history", { params: { query: { pageSize: 2 } } });
  assert(first.data);
  const cursor = cursorOf(first.data.next);
  const second = await client.GET("/api/history", { params: { query: { pageSize: 2, cursor } } });
  assert(second.data);
  assert.deepEqual(
    [...first.data.results, ...second.data.results].map((each) => each.id),
    sessions.map((each) => each.id),
  );
  assert.equal(second.data.next, null);

  // Sync
  async function changesSince(since?: string) {
    const found: string[] = [];
    const deleted: string[] = [];
    for (;;) {
      const { data } = await client.GET("/api/sync", { params: { query: since ? { since } : {} } });
      assert(data);
      found.push(...data.changes.history.map((each) => each.id));
      deleted.push(...data.deleted.history);
      since = data.next;
      if (!data.hasMore) return { found, deleted, next: data.next };
    }
  }
  const all = await changesSince();
  assert.deepEqual(new Set(all.found), new Set(sessions.map((each) => each.id)));
  const last = sessions[2]!.id;
  await client.DELETE("/api/history/{id}", { params: { path: { id: last } } });
  assert.deepEqual((await changesSince(all.next)).deleted, [last]);

  // Export and end
  const exported = await client.GET("/api/auth/export");
  assert.equal(exported.data?.history.length, 2);
  const ended = await client.DELETE("/api/auth/me", { body: { password } });
  assert.equal(ended.response.status, 204);
  const over = await client.GET("/api/auth/me");
  assert.equal(over.response.status, 401);
}

void main();
