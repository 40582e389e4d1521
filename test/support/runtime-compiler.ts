import { compile, runtimeCompiler, type CompileOptions } from '../../blueprints/index.js'
import type { Compiler } from '../../engine/index.js'
import { TEST_SEAL } from './engine-harness.js'

/** Reads blueprints of stock types alone, while applications run. */
export function testCompiler(options: Pick<CompileOptions, 'policyKinds' | 'adjuncts'> = {}): Compiler {
  return runtimeCompiler((sources, { tenant: _tenant, ...inputs }) =>
    Promise.resolve(compile(sources, { ...options, ...inputs, deploying: true, seal: TEST_SEAL })),
  )
}
