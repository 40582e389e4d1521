import { describe, expect, it } from 'vitest'
import { EngineHarness } from '../support/engine-harness.js'
import { compileText, problemsOf, services } from './support/documents.js'

const software = (...lines: readonly string[]): string =>
  services(
    '- type: org.apache.brooklyn.entity.software.base.WorkflowSoftwareProcess',
    '  name: web',
    ...lines.map((line) => `  ${line}`),
  )

describe('software by workflows', () => {
  it('is known by its name, with workflows in its config or at it', () => {
    const result = compileText(
      software(
        'brooklyn.config:',
        '  install.workflow: { steps: [ log a ] }',
        '  checkRunning.workflow: { steps: [ return true ], timeout: 5s }',
        'launch.workflow: [ log b ]',
        'stopWorkflow: { steps: [ log c ] }',
      ),
    )
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    const [web] = result.spec.root.children
    expect(web?.software?.phases).toMatchObject({
      install: { workflow: { steps: [{ does: { kind: 'log' } }] } },
      launch: { workflow: { steps: [{}] } },
      check: { workflow: { timeout: { kind: 'literal', value: 5000 } } },
      stop: { workflow: { steps: [{}] } },
    })
    expect(web?.health?.period).toBe(5000)
  })

  it.each([
    ['runDir', '$RUN_DIR'],
    ['installDir', '$INSTALL_DIR'],
    ['pidFile', '$PID_FILE'],
  ])('has its commands know the %s of its driver', (word, variable) => {
    const result = compileText(software(`launch.workflow: [ "ssh echo $! > \${entity.driver.${word}}" ]`))
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    const { launch } = result.spec.root.children[0]?.software?.phases ?? {}
    expect(JSON.stringify(launch)).toContain(variable)
  })

  it('is deployed, and serves when its launch has ended', async () => {
    const result = compileText(
      software('location: docker', 'launch.workflow: [ sleep 2s, set-sensor boolean up = true ]'),
    )
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    const shop = await EngineHarness.open({ places: { docker: {}, local: {} } })
    await shop.deploy(result.spec, 1000)
    expect(shop.entity('web').state).toBe('starting')
    await shop.settle(5000)
    expect(shop.entity('web').state).toBe('running')
    await shop.close()
  })

  it.each([
    ['launch.workflow: { steps: [ lgo a ] }', 'BP1810'],
    ['launch.workflow: { stepz: [ log a ] }', 'BP1103'],
    ['launch.workflow: { steps: [ log a ] }\n    launch.command: ls', 'BP1503'],
  ])('is told of what is wrong with %s', (line, code) => {
    expect(problemsOf(software(line)).map((one) => one.code)).toContain(code)
  })

  it('may launch nothing, and is a machine then', () => {
    expect(problemsOf(software())).toEqual([])
  })
})
