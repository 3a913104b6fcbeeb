import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  // The components as the window runs them, not as a server would.
  resolve: { conditions: ["browser"] },
  test: {
    environment: "jsdom",
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    restoreMocks: true,
    // Generous, for machines that do other things at the same time: nothing here waits for its whole length.
    testTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
