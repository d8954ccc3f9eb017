import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          testTimeout: 30_000,
          include: ["test/{core,cli,properties,guards}/**/*.test.ts"],
        },
      },
      {
        extends: true,
        test: { name: "cli", include: ["test/sessions/**/*.test.ts"], testTimeout: 60_000, retry: 1 },
      },
      {
        extends: true,
        test: { name: "interop", include: ["test/interop/**/*.test.ts"], testTimeout: 600_000 },
      },
    ],
  },
})
