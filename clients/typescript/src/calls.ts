import type { Client, MaybeOptionalInit, ParamsOption } from "openapi-fetch";
import type { HttpMethod, PathsWithMethod, SuccessResponse } from "openapi-typescript-helpers";

import { FitnessError } from "./problem.js";
import type { paths } from "./schema.js";

/** What a call returns. */
export type Data<Method extends HttpMethod, Path extends keyof paths> = paths[Path][Method] extends {
  responses: infer Responses extends object;
}
  ? SuccessResponse<Responses, "application/json">
  : never;

/** Parameters and body of a call; optional if the call requires neither. */
type Init<Method extends HttpMethod, Path extends keyof paths> =
  undefined extends MaybeOptionalInit<paths[Path], Method>
    ? [MaybeOptionalInit<paths[Path], Method>?]
    : [MaybeOptionalInit<paths[Path], Method>];

/** Sends a request with one method. Throws a FitnessError for a 304 and whatever isn't a success. */
export type Call<Method extends HttpMethod> = <Path extends PathsWithMethod<paths, Method>>(
  path: Path,
  ...init: Init<Method, Path>
) => Promise<Data<Method, Path>>;

/** `calls` must throw for every response that is neither a success nor a 304. */
export function callOf<Method extends HttpMethod>(calls: Client<paths>, method: Method): Call<Method> {
  const send = calls.request as (...all: unknown[]) => Promise<{ data: never; response: Response }>;
  return async (path, ...init) => {
    const { data, response } = await send(method, path, ...init);
    if (response.status === 304) throw await FitnessError.of(response);
    return data;
  };
}

interface Page {
  next: string | null;
  results: unknown[];
}

/** The calls that return lists in pages. */
export type ListPath = {
  [Path in PathsWithMethod<paths, "get">]: Data<"get", Path> extends Page ? Path : never;
}[PathsWithMethod<paths, "get">];

export type Row<Path extends ListPath> = Data<"get", Path> extends { results: (infer R)[] } ? R : never;

export type Query<Path extends ListPath> = NonNullable<
  NonNullable<ParamsOption<paths[Path]["get"]>["params"]>["query"]
>;
