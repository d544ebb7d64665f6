// Tasks of the newer generation, an extension (io.modelcontextprotocol/tasks): a call is answered with a handle, the client asks
// for the state, and what the task came to, or what it asks for in between, stands inside that. All of it is judged as if it
// had come at once. Pure.
import { isJsonObject, type JsonObject } from './envelope.ts';
import { judgeErrorText } from './error-text.ts';
import { withoutUngrantedBlocks } from './extension-uris.ts';
import { withoutForeignMeta } from './filter-meta.ts';
import { URL_ELICITATION_REQUIRED } from './filter-result.ts';
import { type McpPolicy, TASKS_EXTENSION } from './policy.ts';

const ERROR_MEMBERS: ReadonlySet<string> = new Set(['code', 'message', 'data']);

/** Whether a call may be answered with a task: granted, and the client said in the request that it can. */
export function mayBecomeTask(method: string, capabilities: JsonObject, policy: McpPolicy): boolean {
  const { extensions } = capabilities;
  return (
    method === 'tools/call' &&
    policy.features.has('tasks') &&
    isJsonObject(extensions) &&
    Object.hasOwn(extensions, TASKS_EXTENSION)
  );
}

/** Whether a result says how a task stands: also the one that begins it, for a task may be over by then. */
export function isTaskState(method: string, { resultType }: JsonObject): boolean {
  return resultType === 'task' || method.startsWith('tasks/');
}

/** Whether a state of a task asks for something in between, which only a task that says so may do. */
export function asksInBetween(state: JsonObject): boolean {
  return state['status'] === 'input_required' && state['inputRequests'] !== undefined;
}

/**
 * The state of a task without what may not pass inside it.
 * @returns the same object when nothing is to be taken away; undefined when the result or error inside is none that ends a task
 */
export function filterTaskState(state: JsonObject, policy: McpPolicy): JsonObject | undefined {
  const { result, error } = state;
  let filtered = state;
  if (result !== undefined) {
    if (!isJsonObject(result) || !isEnd(result)) return undefined;
    const plain = withoutForeignMeta(result) ?? result;
    const inside = withoutUngrantedBlocks(plain, policy) ?? plain;
    if (inside !== result) filtered = { ...filtered, result: inside };
  }
  if (error !== undefined) {
    if (!isError(error)) return undefined;
    const { anew } = judgeErrorText(error);
    if (anew !== undefined) filtered = { ...filtered, error: anew };
  }
  return filtered;
}

/** A result that asks for something, or is a task again, would be a second way around what is judged outside. */
function isEnd({ resultType, inputRequests, requestState, task }: JsonObject): boolean {
  return (
    (resultType === undefined || resultType === 'complete') &&
    inputRequests === undefined &&
    requestState === undefined &&
    task === undefined
  );
}

/** Outside, a member more is refused with its line, and the code that opens an address with its answer. */
function isError(error: unknown): error is JsonObject {
  return (
    isJsonObject(error) &&
    Number.isSafeInteger(error['code']) &&
    error['code'] !== URL_ELICITATION_REQUIRED &&
    typeof error['message'] === 'string' &&
    Object.keys(error).every((name) => ERROR_MEMBERS.has(name))
  );
}
