import { strict as assert } from "node:assert";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";

import { FitnessClient, type SyncedPage } from "../src/index.js";
import { onNetwork, problem, respondingFirstWith } from "./network.js";
import { aRoutine, newAccount, serviceUrl } from "./users.js";

const KINDS = ["exercises", "routines", "history"] as const;

/** An app's copy, as a phone keeps it. */
class Copy {
  readonly documents = new Map<string, unknown>();
  token: string | null = null;

  async update(client: FitnessClient): Promise<SyncedPage[]> {
    const pages = [];
    for await (const page of client.sync(this.token)) {
      this.#apply(page);
      pages.push(page);
    }
    return pages;
  }

  #apply({ startsAfresh, changes, deleted, next }: SyncedPage): void {
    if (startsAfresh) this.documents.clear();
    for (const kind of KINDS) {
      for (const document of changes[kind]) this.documents.set(document.id, document);
      for (const id of deleted[kind]) this.documents.delete(id);
    }
    this.token = next;
  }
}

test("a copy has everything, and later what has changed", async () => {
  const account = await newAccount();
  const [kept, removed] = [await aRoutine(account), await aRoutine(account)];
  const copy = new Copy();

  await copy.update(account.client);
  const size = copy.documents.size;
  await account.client.delete("/api/routines/{id}", { params: { path: { id: removed.id } } });
  const [page, ...rest] = await copy.update(account.client);

  assert(size > 100);
  assert.deepEqual(rest, []);
  assert.equal(page?.startsAfresh, false);
  assert.deepEqual(copy.documents.get(kept.id), kept);
  assert.equal(copy.documents.has(removed.id), false);
});

test("a copy with another account's token starts afresh", async () => {
  const [ann, bob] = [await newAccount(), await newAccount()];
  const routine = await aRoutine(ann);
  const copy = new Copy();
  await copy.update(ann.client);

  const [page] = await copy.update(bob.client);

  assert.equal(page?.startsAfresh, true);
  assert.equal(copy.documents.has(routine.id), false);
  assert(copy.documents.size > 100);
});

test("a copy that is too old starts afresh", async (t) => {
  const { client } = await newAccount();
  const copy = new Copy();
  await copy.update(client);
  copy.documents.set("stale", {});
  respondingFirstWith(t, problem(410, "gone"));

  await copy.update(client);

  assert.equal(copy.documents.has("stale"), false);
  assert(copy.documents.size > 100);
});

test("an empty page that isn't the last is followed by a pause", async (t) => {
  const nothing = { exercises: [], routines: [], history: [] };
  const page = { changes: nothing, deleted: nothing, next: "1", hasMore: true };
  const sent = onNetwork(t, async () => Response.json(page));
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const pages = new FitnessClient(serviceUrl()).sync(null);

  await pages.next();
  const following = pages.next();
  await setImmediate();
  const sentAtOnce = sent.length;
  t.mock.timers.tick(1000);
  await following;

  assert.deepEqual([sentAtOnce, sent.length], [1, 2]);
});
