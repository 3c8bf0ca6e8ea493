import { pause } from "./pause.js";
import { FitnessError } from "./problem.js";
import type { SyncPage } from "./schema.js";

/** A page of the change feed. */
export interface SyncedPage extends SyncPage {
  /** Whether to empty the copy before this page is applied, because the feed begins anew. */
  readonly startsAfresh: boolean;
}

type ReadPage = (query: { since?: string }) => Promise<SyncPage>;

export async function* syncedPages(
  read: ReadPage,
  since: string | null,
): AsyncGenerator<SyncedPage> {
  for (let token = since, hasMore = true; hasMore; ) {
    const page = await pageAfter(read, token);
    yield page;
    ({ next: token, hasMore } = page);
    // Something is being written, and can be read when it is done.
    if (hasMore && isEmpty(page)) await pause(1);
  }
}

async function pageAfter(read: ReadPage, since: string | null): Promise<SyncedPage> {
  if (since !== null) {
    try {
      return { ...(await read({ since })), startsAfresh: false };
    } catch (error) {
      if (!mustStartAfresh(error)) throw error;
    }
  }
  return { ...(await read({})), startsAfresh: true };
}

/** The token is too old, or isn't one of this user's. */
function mustStartAfresh(error: unknown): boolean {
  if (!(error instanceof FitnessError)) return false;
  return error.status === 410 || error.errors.some(({ pointer }) => pointer === "?since");
}

function isEmpty({ changes, deleted }: SyncPage): boolean {
  return [...Object.values(changes), ...Object.values(deleted)].every((list) => list.length === 0);
}
