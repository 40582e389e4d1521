/** What the runs of the flow suite do, as commands that leave a line in a file of the directory each time that they run. */
export function flowDocument(marks: string): string {
  const leaves = (file: string): string => `ssh echo once >> ${marks}/${file}`
  return `
name: Flow
location: place
services:
  - type: server
    id: box
    brooklyn.initializers:
      - type: workflow-effector
        name: work
        lock: desk
        steps:
          - ${leaves('once-first')}
          - sleep 200ms
          - step: foreach n in 1..4
            concurrency: 2
            steps:
              - ${leaves('once-each-${n}')}
              - sleep 100ms
              - ${leaves('once-again-${n}')}
          - type: workflow
            steps:
              - let integer tries = \${entity.sensor.tries} ?? 0
              - let tries = \${tries} + 1
              - set-sensor tries = \${tries}
              - ${leaves('once-try-${tries}')}
              - step: fail message it is too early
                condition: { target: "\${tries}", less-than: 3 }
            on-error:
              - retry limit 4 backoff 100ms
          - invoke-effector inner
          - type: add-entity
            blueprint:
              type: software
              name: late
              launch: |-
                echo once >> ${marks}/launch-late
                exec sleep 3600
              brooklyn.initializers:
                - type: workflow-initializer
                  steps:
                    - let integer n = \${entity.sensor.begun} ?? 0
                    - let n = \${n} + 1
                    - set-sensor begun = \${n}
            start: sync
          - type: add-policy
            unique-tag: guard
            blueprint: { type: workflow-policy, triggers: [never], steps: [log hello] }
          - ${leaves('once-last')}
          - return done
      - type: workflow-effector
        name: inner
        lock: drawer
        steps:
          - ${leaves('once-inner')}
          - return inner
      - type: workflow-effector
        name: after
        lock: desk
        steps:
          - ssh cat ${marks}/once-last | wc -l
          - let integer seen = \${stdout}
          - set-sensor seen = \${seen}
          - ${leaves('once-after')}
          - return \${seen}
`
}
