import {
  type ConfigMap,
  type ParameterSpec,
  type StepSpec,
  type WorkflowSpec,
} from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { readParameters } from '../parameters/parameters.js'
import { type FlowDesk, report } from './flow-desk.js'
import { valueOf } from './interpolate.js'
import { readForm } from './read-step.js'
import { type ShorthandTemplate, readTemplate } from './shorthand-template.js'
import type { StepFields } from './step-fields.js'
import type { StepForm } from './step-forms.js'
import type { Made, StepKind } from './step-kind.js'

/** Where a custom step is read, and with what the workflow that it is. */
export interface CustomReading {
  readonly flow: FlowDesk
  /** Names of the custom steps around it. */
  readonly inside: readonly string[]
  read(
    node: DocumentNode,
    desk: TranslationDesk,
    options: { readonly given: readonly string[]; readonly inside: readonly string[] },
  ): WorkflowSpec
}

/** A step of a type that a catalog defines as a workflow; undefined where there is no such type. */
export function customStep(
  name: string,
  form: StepForm,
  reading: CustomReading,
): { readonly step?: StepSpec } | undefined {
  const { flow, inside } = reading
  const definition = flow.desk.input.adjuncts?.find(name)?.definition
  if (definition?.get('steps') === undefined) return undefined
  if (inside.includes(name)) {
    report(flow, 'BP1211', form.type, {
      error: `the step is defined by itself: ${[...inside, name].join(' → ')}`,
      hint: 'leave one of them out',
    })
    return {}
  }
  const step = readForm(form, kindOf(name, definition, reading), flow)
  return step === undefined ? {} : { step }
}

function kindOf(name: string, definition: DocumentNode, reading: CustomReading): StepKind {
  const parameters = readParameters(definition.get('parameters'), reading.flow.desk).map(
    ({ parameter }) => parameter,
  )
  const names = parameters.map((parameter) => parameter.name)
  return {
    shorthand: shorthandOf(definition, reading.flow),
    takes: names,
    needed: parameters
      .filter(({ required, default: value }) => required && value === undefined)
      .map((one) => [one.name]),
    example:
      definition.get('shorthand')?.text === undefined
        ? ''
        : `${name} ${definition.get('shorthand')?.text ?? ''}`,
    make: (fields, flow): Made => {
      const workflow = reading.read(definition, flow.desk, {
        given: names,
        inside: [...reading.inside, name],
      })
      const input = { ...workflow.input, ...argumentsOf(parameters, fields, flow) }
      return {
        does: { kind: 'run', scope: 'own', workflow: { ...workflow, name: workflow.name ?? name, input } },
      }
    },
  }
}

function shorthandOf(definition: DocumentNode, flow: FlowDesk): ShorthandTemplate {
  const node = definition.get('shorthand')
  if (node?.text === undefined) return []
  const read = readTemplate(node.text)
  if ('template' in read) return read.template
  flow.desk.reportAt(
    'BP1811',
    `the shorthand cannot be read: ${read.error}`,
    node.placeInside(read.offset, read.length),
    {
      pointer: node.pointer,
      hint: read.hint,
    },
  )
  return []
}

/** What the step is called with, and what its parameters are where nothing is said. */
function argumentsOf(parameters: readonly ParameterSpec[], fields: StepFields, flow: FlowDesk): ConfigMap {
  return Object.fromEntries(
    parameters.flatMap(({ name, default: fallback }) => {
      const written = fields.get(name)
      if (written !== undefined) return [[name, valueOf(written, flow)] as const]
      return fallback === undefined ? [] : [[name, fallback] as const]
    }),
  )
}
