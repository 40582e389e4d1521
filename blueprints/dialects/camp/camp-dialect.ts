import { type Json, isJsonObject } from '../../../engine/index.js'
import type { Dialect } from '../../dialect.js'
import { expandTypes } from './camp-expand.js'
import { spreadFabrics } from './camp-fabric.js'
import { planned } from './camp-plan.js'
import { handDown } from './camp-handed.js'
import { campSchema } from './camp-schema.js'
import { translateCamp } from './camp-translate.js'

/** Our own language: roles and services, and what is compatible with Apache Brooklyn's blueprints. */
export const campDialect: Dialect = {
  name: 'camp',
  recognises,
  schema: campSchema,
  prepare: (document, desk) =>
    handDown(spreadFabrics(expandTypes(planned(document, desk), desk), desk), desk),
  translate: translateCamp,
}

/** Keys that a document of another language begins with. */
const FOREIGN = [
  'tosca_definitions_version',
  'AWSTemplateFormatVersion',
  'Resources',
  'topology_template',
  'node_templates',
  'apiVersion',
]

/** Every map but those of other languages, so that a misspelt key is told as such. */
function recognises(value: Json): boolean {
  return isJsonObject(value) && !FOREIGN.some((key) => Object.hasOwn(value, key))
}
