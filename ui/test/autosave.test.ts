import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Autosave, LONGEST_UNSAVED_MS, REST_MS, RETRY_MS } from "../src/compose/autosave.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a draft is saved when the keys rest", async () => {
  const save = vi.fn(() => Promise.resolve(true));
  const autosave = new Autosave(save);
  autosave.touch();
  await vi.advanceTimersByTimeAsync(REST_MS - 1);
  autosave.touch();
  await vi.advanceTimersByTimeAsync(REST_MS - 1);
  expect(save).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(save).toHaveBeenCalledTimes(1);
  expect(autosave.state).toBe("saved");
  await vi.advanceTimersByTimeAsync(RETRY_MS * 2);
  expect(save).toHaveBeenCalledTimes(1);
});

test("someone who never pauses is saved too", async () => {
  const save = vi.fn(() => Promise.resolve(true));
  const autosave = new Autosave(save);
  for (let typed = 0; typed < LONGEST_UNSAVED_MS; typed += 100) {
    autosave.touch();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(save).toHaveBeenCalledTimes(1);
});

test("saves follow each other, and what came meanwhile is saved after", async () => {
  const running: (() => void)[] = [];
  const save = vi.fn(() => new Promise<boolean>((resolve) => running.push(() => resolve(true))));
  const autosave = new Autosave(save);
  autosave.touch();
  await vi.advanceTimersByTimeAsync(REST_MS);
  autosave.touch();
  await vi.advanceTimersByTimeAsync(REST_MS);
  expect(save).toHaveBeenCalledTimes(1);
  running.shift()?.();
  await vi.advanceTimersByTimeAsync(REST_MS);
  expect(save).toHaveBeenCalledTimes(2);
});

test("flush writes everything before it answers", async () => {
  const save = vi.fn(() => Promise.resolve(true));
  const autosave = new Autosave(save);
  autosave.touch();
  expect(await autosave.flush()).toBe(true);
  expect(save).toHaveBeenCalledTimes(1);
  expect(await autosave.flush()).toBe(true);
  expect(save).toHaveBeenCalledTimes(1);
});

test("a save that fails is tried again", async () => {
  const save = vi.fn(() => Promise.resolve(save.mock.calls.length > 1));
  const autosave = new Autosave(save);
  autosave.touch();
  expect(await autosave.flush()).toBe(false);
  expect(autosave.state).toBe("failed");
  await vi.advanceTimersByTimeAsync(RETRY_MS);
  expect(autosave.state).toBe("saved");
});

test("after stop nothing is written any more", async () => {
  const save = vi.fn(() => Promise.resolve(true));
  const autosave = new Autosave(save);
  autosave.touch();
  await autosave.stop();
  autosave.touch();
  await vi.advanceTimersByTimeAsync(RETRY_MS);
  expect(save).not.toHaveBeenCalled();
  autosave.resume();
  await vi.advanceTimersByTimeAsync(REST_MS);
  expect(save).toHaveBeenCalledTimes(1);
});
