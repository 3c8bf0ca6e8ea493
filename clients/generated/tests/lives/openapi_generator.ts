// The life of an app with a client by openapi-generator (typescript-fetch): the service's URL is
// its argument.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  AuthApi,
  Configuration,
  ExercisesApi,
  HistoryApi,
  type Problem,
  ProblemFromJSON,
  ResponseError,
  RoutinesApi,
  type Session,
  SyncApi,
} from "../typescript-fetch";
import { patientFetch } from "./patience";

const service = { basePath: process.argv[2]!, fetchApi: patientFetch };
const password = "a horse and a battery";
const day = 86_400_000;

async function problemOf(call: Promise<unknown>): Promise<Problem> {
  try {
    await call;
  } catch (error) {
    assert(error instanceof ResponseError);
    return ProblemFromJSON(await error.response.json());
  }
  throw new Error("The call succeeded.");
}

async function main(): Promise<void> {
  // Register
  const open = new AuthApi(new Configuration(service));
  const signedIn = await open.registerAccount({
    registerRequest: { email: `${randomUUID()}@example.com`, password, name: "Ann" },
  });
  assert.equal(signedIn.user.name, "Ann");
  const tokens = await open.refreshTokens({ refreshRequest: { refresh: signedIn.refresh } });
  const configuration = new Configuration({ ...service, accessToken: tokens.access });
  const auth = new AuthApi(configuration);
  const catalogue = new ExercisesApi(configuration);
  const routines = new RoutinesApi(configuration);
  const history = new HistoryApi(configuration);
  const sync = new SyncApi(configuration);
  assert.deepEqual((await auth.listSignIns()).results.map((each) => each.isCurrent), [true]);

  // Catalogue
  const response = await catalogue.listExercisesRaw({ pageSize: 100 });
  const exercises = (await response.value()).results;
  assert(exercises.every(({ gifUrl }) => gifUrl === null || gifUrl.startsWith("http")));
  const ifNoneMatch = response.raw.headers.get("ETag")!;
  await assert.rejects(catalogue.listExercises({ pageSize: 100, ifNoneMatch }), (error: unknown) => {
    assert(error instanceof ResponseError);
    return error.response.status === 304;
  });
  const [bench, squat] = exercises;
  assert(bench && squat);
  assert.equal((await catalogue.getExercise({ id: bench.id })).name, bench.name);
  assert((await catalogue.getExerciseFacets()).category[0]!.count > 0);

  // A routine, sent twice as after a lost response
  const entries = [bench, squat].map(({ id }) => ({ exerciseId: id, sets: 3, reps: 8, weight: 62.5 }));
  const newRoutine = {
    newRoutineRequest: { name: "Push Day", exercises: entries },
    idempotencyKey: randomUUID(),
  };
  const routine = await routines.createRoutine(newRoutine);
  assert.equal(routine.id, (await routines.createRoutine(newRoutine)).id);

  // Sessions, and a refused one
  const sets = entries.slice(0, 1);
  const sessions: Session[] = [];
  for (const age of [0, 1, 2]) {
    const date = new Date(Date.now() - age * day);
    const newSessionRequest = { date, exercises: sets, routineId: routine.id };
    sessions.push(await history.createSession({ newSessionRequest }));
  }
  const tooLate = { date: new Date(Date.now() + 9 * day), exercises: sets };
  const refused = await problemOf(history.createSession({ newSessionRequest: tooLate }));
  assert.deepEqual(
    refused.errors?.map(({ pointer, code }) => [pointer, code]),
    [["/date", "max_value"]],
  );

  // A conditional write, and one that comes too late
  const id = sessions[0]!.id;
  const ifMatch = (await history.getSessionRaw({ id })).raw.headers.get("ETag")!;
  const patchedSessionRequest = { notes: "Felt good." };
  const changed = await history.updateSession({ id, ifMatch, patchedSessionRequest });
  assert.equal(changed.notes, "Felt good.");
  const late = history.updateSession({ id, ifMatch, patchedSessionRequest: { notes: null } });
  assert.equal((await problemOf(late)).code, "precondition_failed");

  // Pages
  const first = await history.listSessions({ pageSize: 2 });
  const cursor = new URL(first.next!).searchParams.get("cursor")!;
  const second = await history.listSessions({ pageSize: 2, cursor });
  assert.deepEqual(
    [...first.results, ...second.results].map((each) => each.id),
    sessions.map((each) => each.id),
  );
  assert.equal(second.next, null);

  // Sync
  async function changesSince(since?: string) {
    const found: string[] = [];
    const deleted: string[] = [];
    for (;;) {
      const page = await sync.getChanges(since ? { since } : {});
      found.push(...page.changes.history.map((each) => each.id));
      deleted.push(...page.deleted.history);
      since = page.next;
      if (!page.hasMore) return { found, deleted, next: page.next };
    }
  }
  const all = await changesSince();
  assert.deepEqual(new Set(all.found), new Set(sessions.map((each) => each.id)));
  const last = sessions[2]!.id;
  await history.deleteSession({ id: last });
  assert.deepEqual((await changesSince(all.next)).deleted, [last]);

  // Export and end
  assert.equal((await auth.exportAccount()).history.length, 2);
  await auth.deleteAccount({ passwordRequest: { password } });
  assert.equal((await problemOf(auth.getAccount())).status, 401);
}

void main();
