import type { PolicyTests } from '../api/index.js'

/** The outcome of tests as build servers read it: JUnit's XML. No times, so that the same outcome gives the same text. */
export function junitReport(results: readonly PolicyTests[]): string {
  const suites = results.flatMap(suiteOf)
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join('\n')
}

function suiteOf({ policy, tests }: PolicyTests): readonly string[] {
  const failures = tests.filter(({ passed }) => !passed).length
  const cases = tests.map(({ name, faults }) => {
    const head = `    <testcase classname="${escaped(policy)}" name="${escaped(name)}"`
    if (faults.length === 0) return `${head}/>`
    const failed = faults.map((fault) => `      <failure message="${escaped(fault)}"/>`)
    return [`${head}>`, ...failed, '    </testcase>'].join('\n')
  })
  const suite = `  <testsuite name="${escaped(policy)}" tests="${tests.length}" failures="${failures}">`
  return [suite, ...cases, '  </testsuite>']
}

const ESCAPES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** What XML cannot hold at all is left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '')
    .replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? character)
}
