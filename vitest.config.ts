import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config'

const mirrors = [
  'architecture',
  'blueprints',
  'catalog',
  'contract',
  'docs',
  'engine',
  'locations',
  'policies',
  'property',
  'server',
]

const config: ViteUserConfig = defineConfig({
  test: {
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    passWithNoTests: true,
    exclude: [...configDefaults.exclude, 'dist/**'],
    coverage: {
      provider: 'v8',
      include: ['{engine,blueprints,policies,locations,server,catalog}/**/*.ts'],
      exclude: ['server/web/**', '**/main.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 90, branches: 85 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Two cores may be busy with other suites: a unit that hangs is told from one that waits its turn.
          testTimeout: 20_000,
          include: [`test/{${mirrors.join(',')}}/**/*.test.ts`],
          sequence: { shuffle: true },
        },
      },
      {
        extends: true,
        test: { name: 'scenario', include: ['test/scenario/**/*.test.ts'], testTimeout: 180_000 },
      },
      {
        // Real machines: slow, few, and never two suites at one far end at the same time.
        extends: true,
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        // Kills processes of its own, again and again.
        extends: true,
        test: {
          name: 'kill',
          include: ['test/kill/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})

// A configuration file is the one place where its reader asks for a default export.
export default config
