/** Calls that the compiler must refuse. Nothing makes them. */

import type { FitnessClient } from "../src/index.js";

export async function refused(client: FitnessClient): Promise<void> {
  // @ts-expect-error There is no such call.
  await client.get("/api/routine");
  // @ts-expect-error Nor can this be deleted.
  await client.delete("/api/history");
  // @ts-expect-error A body is required.
  await client.post("/api/routines");
  // @ts-expect-error Sets are a number.
  await client.post("/api/routines", { body: { name: "A", exercises: [{ exerciseId: "", sets: "3", reps: 8 }] } });
  // @ts-expect-error The id is missing.
  await client.get("/api/routines/{id}");
  // @ts-expect-error There is no such filter.
  for await (const _ of client.list("/api/history", { muscle: "chest" }));
  // @ts-expect-error This isn't a list in pages.
  for await (const _ of client.list("/api/auth/sessions", {}));
  // @ts-expect-error A response doesn't have every field.
  (await client.get("/api/auth/me")).password;
}
