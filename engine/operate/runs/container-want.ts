import type { DesiredRecord } from '../../entity/desired.js'
import { text } from '../../expression/value.js'
import type { MachineShape, ResourceRef, ResourceWant } from '../../ports/location.js'
import { nameFor } from '../../reconcile/facts/naming.js'
import { digestOf } from '../../support/digest.js'
import type { Seal } from '../../support/secret.js'
import type { ContainerRequest, OpenEffect } from '../../workflow/run-record.js'
import { openedValue } from './world.js'

/** There is but one wish for a container, and it never changes. */
const GENERATION = 1

/** It is beside its entity, and none of its incarnations, which are counted from 1. */
const BESIDE = 0

type Whose = Pick<DesiredRecord, 'id' | 'name'>

/** An announced container as its place is asked for it. Danger: the secrets of its environment are open. */
export function containerWant(
  effect: Pick<OpenEffect, 'token' | 'request'>,
  whose: Whose,
  { engineId, seal }: { readonly engineId: string; readonly seal: Seal },
): ResourceWant {
  const request = effect.request as ContainerRequest
  const { token, name, generation } = containerRef(effect, whose)
  const { environment, ...rest } = request
  const digest = digestOf([{ ...rest }, Object.keys(environment)])
  return {
    ...{ token, name, generation },
    marks: {
      engine: engineId,
      application: whose.id,
      entity: request.entity,
      incarnation: BESIDE,
      digest,
    },
    shape: shapeOf(request, name, seal),
  }
}

/** How it is named at its place. */
export function containerRef(
  { token, request }: Pick<OpenEffect, 'token' | 'request'>,
  { name }: Whose,
): ResourceRef {
  return {
    token,
    kind: 'machine',
    name: nameFor(name, request.entity, BESIDE, token),
    generation: GENERATION,
  }
}

function shapeOf(request: ContainerRequest, hostname: string, seal: Seal): MachineShape {
  const { image, entrypoint, command, script, workingDirectory, pull, environment } = request
  const clear = Object.entries(environment).map(
    ([name, value]) => [name, text(openedValue(value, seal))] as const,
  )
  return {
    ...{ kind: 'machine', image, hostname, pull, finite: true, hostsSoftware: false },
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(command === undefined ? {} : { command }),
    ...(script === undefined ? {} : { script }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
    environment: Object.fromEntries(clear),
    ...{ ports: [], aliases: [], networks: [], volumes: [], addresses: [], rules: [], options: {} },
  }
}
