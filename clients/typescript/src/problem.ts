import type { Problem } from "./schema.js";

/** What is wrong with one field. */
export type FieldError = NonNullable<Problem["errors"]>[number];

/** A response that isn't a success. Its `message` is meant for people, and may change. */
export class FitnessError extends Error {
  override readonly name = "FitnessError";

  private constructor(
    readonly status: number,
    /** A code that the service documents, or "" if something else responded, such as a proxy. */
    readonly code: string,
    detail: string,
    readonly errors: readonly FieldError[],
    /** The id by which the service's log names the request. */
    readonly requestId: string | null,
    /** How many seconds to wait before the request can succeed. */
    readonly retryAfter: number | null,
  ) {
    super(detail);
  }

  static async of(response: Response): Promise<FitnessError> {
    const problem = await problemIn(response);
    return new FitnessError(
      response.status,
      problem.code ?? "",
      problem.detail ?? `The response has the status ${response.status}.`,
      problem.errors ?? [],
      response.headers.get("X-Request-Id"),
      secondsIn(response),
    );
  }
}

/**
 * The problem document in a response; empty if there is none, or a broken one. Leaves the response
 * readable.
 */
export async function problemIn(response: Response): Promise<Partial<Problem>> {
  if (!response.headers.get("Content-Type")?.startsWith("application/problem+json")) return {};
  const body: unknown = await response.clone().json().catch(() => null);
  return { ...(body as Problem | null) };
}

/** What `Retry-After` says. */
export function secondsIn(response: Response): number | null {
  const value = response.headers.get("Retry-After");
  return value === null || !/^\d+$/.test(value) ? null : Number(value);
}
